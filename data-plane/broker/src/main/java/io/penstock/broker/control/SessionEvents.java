// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.control;

import io.penstock.brokerapi.v1.ControlMessage;
import io.penstock.brokerapi.v1.RegisterResponse;

/// What a [ControlSession] tells its broker. Called in order, on the session's actor.
public interface SessionEvents {
    /// The control plane knows this process, under this node id. Comes before the first `connected`.
    void registered(RegisterResponse registration);

    /// The stream stands: everything that the control plane may not know has to be said (again).
    void connected();

    void received(ControlMessage message);

    /// The stream broke; the session is already trying again.
    void disconnected();

    /// The control plane refuses this process for good (its place was given to another): it may exit.
    void refused(String why);
}
