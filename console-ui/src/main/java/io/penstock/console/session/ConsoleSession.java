// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.session;

import com.vaadin.flow.spring.annotation.SpringComponent;
import com.vaadin.flow.spring.annotation.VaadinSessionScope;
import io.penstock.console.gateway.ApiKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One browser's session. The key lives in this object only: in memory, until sign-out or until the session ends.
@SpringComponent
@VaadinSessionScope
public final class ConsoleSession {
    private volatile @Nullable ApiKey key;

    ConsoleSession() {}

    public Optional<ApiKey> key() {
        return Optional.ofNullable(key);
    }

    /// The key must have been accepted by the control plane.
    public void signIn(ApiKey accepted) {
        key = accepted;
    }

    public void signOut() {
        key = null;
    }
}
