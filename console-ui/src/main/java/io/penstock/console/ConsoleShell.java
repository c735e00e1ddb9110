// SPDX-License-Identifier: Apache-2.0
package io.penstock.console;

import com.vaadin.flow.component.dependency.StyleSheet;
import com.vaadin.flow.component.page.AppShellConfigurator;
import com.vaadin.flow.component.page.ColorScheme;
import com.vaadin.flow.component.page.Push;
import com.vaadin.flow.component.page.Viewport;
import com.vaadin.flow.shared.ui.Transport;
import com.vaadin.flow.theme.lumo.Lumo;

/// The page every view is shown in. Its style sheets are plain files of this jar, so that Vaadin's pre-built front end
/// does: nothing here may need a front-end build.
@Push(transport = Transport.WEBSOCKET_XHR)
@ColorScheme(ColorScheme.Value.SYSTEM)
@Viewport("width=device-width, initial-scale=1")
@StyleSheet(Lumo.STYLESHEET)
@StyleSheet("penstock/console.css")
public class ConsoleShell implements AppShellConfigurator {
    private static final long serialVersionUID = 1L;
}
