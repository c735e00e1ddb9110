// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.telemetry;

import java.util.List;
import org.apache.kafka.common.Uuid;

/// Takes what clients say of themselves. May be called from any thread, must neither block nor throw.
public interface TelemetrySink {
    /// @param instance of one program's run, for as long as it runs
    record Client(Uuid instance, String clientId) {}

    /// @param measurements the client's own words: as many as it likes
    /// @param last whether the client says no more
    void received(Client client, List<Measurement> measurements, boolean last);

    /// The client says no more, or is told to begin anew.
    void gone(Uuid instance);
}
