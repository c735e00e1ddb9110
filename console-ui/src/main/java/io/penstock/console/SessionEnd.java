// SPDX-License-Identifier: Apache-2.0
package io.penstock.console;

import com.vaadin.flow.server.CustomizedSystemMessages;
import com.vaadin.flow.server.ServiceInitEvent;
import com.vaadin.flow.server.VaadinServiceInitListener;
import com.vaadin.flow.spring.annotation.SpringComponent;

/// A page whose session is over, because it was idle for too long or the console was restarted, loads itself again
/// and so arrives at the sign-in: nothing can be lost by it, so nobody is asked to confirm.
@SpringComponent
class SessionEnd implements VaadinServiceInitListener {
    private static final long serialVersionUID = 1L;

    @Override
    public void serviceInit(ServiceInitEvent event) {
        event.getSource().setSystemMessagesProvider(info -> {
            var messages = new CustomizedSystemMessages();
            messages.setSessionExpiredNotificationEnabled(false);
            return messages;
        });
    }
}
