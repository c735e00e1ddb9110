// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.store;

import java.util.random.RandomGenerator;

/// How likely each trouble is, per request. All of them are things that real stores, proxies and SDKs do.
///
/// @param lostRequest the request never arrives; the caller times out
/// @param lostReply it is done; the caller times out
/// @param late the caller times out; it is done up to half a minute later, whatever became of the caller
/// @param twice it is done, and done again later: the second time its condition is judged anew
/// @param retriedBelow the first attempt's reply is lost and something below the port tries again: the caller gets the
/// second attempt's answer
/// @param errorBefore 409, 500 or 503, and it is not done
/// @param errorAfter 409, 500 or 503 although it is done
/// @param slow ten to a hundred times slower
/// @param readFails a get, head or list gets no answer
public record StoreFaults(
        double lostRequest,
        double lostReply,
        double late,
        double twice,
        double retriedBelow,
        double errorBefore,
        double errorAfter,
        double slow,
        double readFails) {

    /// A store that does what it is told.
    public static StoreFaults none() {
        return new StoreFaults(0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /// Hardly anything gets through, and nobody can tell what did.
    public static StoreFaults outage() {
        return new StoreFaults(0.3, 0.1, 0.1, 0.02, 0.02, 0.35, 0.1, 0.5, 0.8);
    }

    /// A store with a character of its own: each trouble is absent, rare or frequent.
    public static StoreFaults drawnFrom(RandomGenerator chance) {
        return new StoreFaults(
                some(chance),
                some(chance),
                some(chance),
                some(chance),
                some(chance),
                some(chance),
                some(chance),
                some(chance),
                some(chance));
    }

    private static double some(RandomGenerator chance) {
        return switch (chance.nextInt(4)) {
            case 0 -> 0;
            case 1 -> 0.005;
            case 2 -> 0.03;
            default -> 0.10;
        };
    }
}
