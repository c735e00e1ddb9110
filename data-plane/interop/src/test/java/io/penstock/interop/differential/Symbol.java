// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop.differential;

import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;

/// What a request leaves open, because only the asked system knows it. Written as text where the value
/// belongs.
enum Symbol {
    /// Of the topic with this name.
    TOPIC_ID,
    /// Of `<topic>/<partition>`, as it is.
    LEADER_EPOCH,
    /// Of `<group>/<slot>`.
    MEMBER,
    /// The generation or member epoch of `<group>/<slot>`.
    GENERATION,
    /// Of this transactional id.
    PRODUCER_ID,
    /// Of this transactional id.
    PRODUCER_EPOCH,
    /// Batches by the plan.
    RECORDS,
    /// A classic member's subscription to this topic.
    SUBSCRIPTION,
    /// A classic member's assignment of this topic's partitions.
    ASSIGNMENT;

    private static final char MARK = '§';

    TextNode of(String what) {
        return TextNode.valueOf(MARK + name() + ":" + what);
    }

    record Open(Symbol symbol, String what) {}

    static Optional<Open> read(String text) {
        if (text.isEmpty() || text.charAt(0) != MARK) {
            return Optional.empty();
        }
        int colon = text.indexOf(':');
        return Optional.of(new Open(valueOf(text.substring(1, colon)), text.substring(colon + 1)));
    }
}
