// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.control;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the control plane's replicas are, and which of them is dialled next. Used by one thread.
///
/// It learns from every answer; what it was started with stays, so that a broker finds back whatever it was told.
final class ControlPlaneAddresses {
    /// Replicas that send us in circles are dialled at the usual pace.
    private static final int REDIRECTS_IN_A_ROW = 3;

    private final List<String> given;
    private final List<String> known;
    private String current;
    private int redirects;

    private ControlPlaneAddresses(List<String> given) {
        this.given = given;
        this.known = new ArrayList<>(given);
        this.current = given.getFirst();
    }

    /// @param addresses `host:port`, comma-separated
    /// @throws IllegalArgumentException if there is none
    static ControlPlaneAddresses parse(String addresses) {
        List<String> given = split(addresses);
        if (given.isEmpty()) {
            throw new IllegalArgumentException("no address of a control plane in '" + addresses + "'");
        }
        return new ControlPlaneAddresses(given);
    }

    private static List<String> split(String addresses) {
        return List.of(addresses.split(",", -1)).stream()
                .map(String::strip)
                .filter(address -> !address.isEmpty())
                .distinct()
                .toList();
    }

    String current() {
        return current;
    }

    /// The current one let us in, and says where all are.
    ///
    /// @param replicas comma-separated; null: it said nothing
    void connected(@Nullable String replicas) {
        redirects = 0;
        learn(replicas);
    }

    /// The current one did not let us in.
    ///
    /// @param active where to go instead, if it knows
    /// @param replicas comma-separated
    /// @return whether to go there at once
    boolean turnedAway(@Nullable String active, @Nullable String replicas) {
        learn(replicas);
        if (active == null || active.equals(current) || redirects == REDIRECTS_IN_A_ROW) {
            failed();
            return false;
        }
        redirects++;
        current = active;
        return true;
    }

    /// The current one did not answer: the next one's turn.
    void failed() {
        redirects = 0;
        current = known.get((known.indexOf(current) + 1) % known.size());
    }

    private void learn(@Nullable String replicas) {
        if (replicas == null || replicas.isEmpty()) {
            return;
        }
        known.clear();
        known.addAll(given);
        split(replicas).stream().filter(address -> !known.contains(address)).forEach(known::add);
    }
}
