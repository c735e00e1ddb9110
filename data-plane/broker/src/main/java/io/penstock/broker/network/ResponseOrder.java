// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/// Puts what was finished in any order back into the order of arrival. Pure; for one thread.
final class ResponseOrder<T> {
    private final Deque<Place<T>> places = new ArrayDeque<>();

    /// A request's turn.
    static final class Place<T> {
        private Optional<T> outcome = Optional.empty();
    }

    /// Takes the next place in the line.
    Place<T> arrive() {
        Place<T> place = new Place<>();
        places.add(place);
        return place;
    }

    void finished(Place<T> place, T outcome) {
        if (place.outcome.isPresent()) {
            throw new IllegalStateException("finished twice");
        }
        place.outcome = Optional.of(outcome);
    }

    /// The outcome of the oldest place, if it is finished; the place is then gone.
    Optional<T> next() {
        Place<T> oldest = places.peek();
        if (oldest == null || oldest.outcome.isEmpty()) {
            return Optional.empty();
        }
        return places.remove().outcome;
    }

    /// How many places are taken.
    int size() {
        return places.size();
    }
}
