// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import com.vaadin.flow.component.AttachEvent;
import com.vaadin.flow.component.DetachEvent;
import com.vaadin.flow.component.html.Div;
import com.vaadin.flow.shared.Registration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A part of a page that listens while it is on one.
public class Live extends Div {
    private static final long serialVersionUID = 1L;

    private transient @Nullable Function<com.vaadin.flow.component.UI, Registration> subscription;
    private transient @Nullable Registration listening;

    /// Called each time the part comes onto a page; what it returns is called when it leaves.
    public void listens(Function<com.vaadin.flow.component.UI, Registration> subscription) {
        this.subscription = subscription;
    }

    @Override
    protected void onAttach(AttachEvent event) {
        if (subscription != null) {
            listening = subscription.apply(event.getUI());
        }
    }

    @Override
    protected void onDetach(DetachEvent event) {
        if (listening != null) {
            listening.remove();
            listening = null;
        }
    }
}
