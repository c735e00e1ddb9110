// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.frame;

import com.vaadin.flow.component.html.Anchor;
import com.vaadin.flow.component.html.Main;
import com.vaadin.flow.router.BeforeEnterEvent;
import com.vaadin.flow.router.ErrorParameter;
import com.vaadin.flow.router.HasErrorParameter;
import com.vaadin.flow.router.ParentLayout;
import com.vaadin.flow.server.HttpStatusCode;
import io.penstock.console.parts.EmptyState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stands where a page would be that failed for a fault of ours. What it was is in the log.
@ParentLayout(ConsoleLayout.class)
class FailedPage extends Main implements HasErrorParameter<Exception> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(FailedPage.class);

    FailedPage() {
        addClassName("page");
        add(new EmptyState(
                "This page failed",
                "That is a fault of the console; clusters and clients know nothing of it. Try again, or go on elsewhere.",
                new Anchor("clusters", "To the clusters")));
    }

    @Override
    public int setErrorParameter(BeforeEnterEvent event, ErrorParameter<Exception> parameter) {
        LOG.error("page.failed path={}", event.getLocation().getPath(), parameter.getException());
        return HttpStatusCode.INTERNAL_SERVER_ERROR.getCode();
    }
}
