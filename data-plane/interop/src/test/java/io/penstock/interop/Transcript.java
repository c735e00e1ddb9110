// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.common.KafkaException;

/// What a script did and what came of it, in words that are the same wherever it runs: lines `what: outcome`.
final class Transcript {
    private final List<String> lines = new ArrayList<>();

    /// Something that may throw.
    interface Act {
        void run() throws ExecutionException, InterruptedException;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    void tell(String what, Object outcome) {
        lines.add(what + ": " + outcome);
    }

    /// Tells whether it worked, or which exception of Kafka's it threw.
    void attempt(String what, Act act) throws InterruptedException {
        try {
            act.run();
            tell(what, "works");
        } catch (ExecutionException failed) {
            tell(what, Objects.requireNonNull(failed.getCause()).getClass().getSimpleName());
        } catch (KafkaException | IllegalStateException failed) {
            Throwable cause = failed.getCause();
            tell(
                    what,
                    failed.getClass().getSimpleName()
                            + (cause == null ? "" : " of " + cause.getClass().getSimpleName()));
        }
    }
}
