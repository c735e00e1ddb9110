// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Loopback ports.
final class Ports {
    private Ports() {}

    /// @throws Trouble naming the port and the option that changes it
    static void requireFree(int port, String use, String option) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            throw new Trouble(
                    Trouble.UNAVAILABLE,
                    "port " + port + " (" + use + ") is in use; stop what listens there, or choose another with "
                            + option);
        }
    }

    static int anyFree() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new Trouble(Trouble.UNAVAILABLE, "no free loopback port: " + e.getMessage());
        }
    }
}
