// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.live;

import io.penstock.console.gateway.Answer;
import java.time.Instant;
import java.util.Optional;

/// Makes the next picture.
@FunctionalInterface
public interface LiveSource<T> {
    /// May block.
    ///
    /// @param before the picture shown until now, so that the next one can say what changed
    Answer<T> read(Optional<T> before, Instant now);
}
