// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.live;

import io.penstock.console.gateway.Answer;
import java.time.Instant;
import java.util.Optional;

/// What a view can show of a picture that is read again and again.
///
/// A picture once shown is kept through every later failure: people see how it was, and that it may have changed.
public sealed interface LiveState<T> {
    /// Nothing has been read yet.
    record Waiting<T>() implements LiveState<T> {}

    /// How it is.
    record Fresh<T>(T picture, Instant at) implements LiveState<T> {}

    /// How it was when last read; the newest attempt failed.
    record Stale<T>(T picture, Instant at, String why) implements LiveState<T> {}

    /// Never read so far; the newest attempt failed.
    record Failed<T>(String why) implements LiveState<T> {}

    /// The key is good, but not for this. It may become so.
    record NotAllowed<T>(String why) implements LiveState<T> {}

    /// The key is not accepted any more. Final.
    record KeyRefused<T>() implements LiveState<T> {}

    /// What there is to show.
    default Optional<T> shown() {
        return switch (this) {
            case Fresh<T> fresh -> Optional.of(fresh.picture());
            case Stale<T> stale -> Optional.of(stale.picture());
            case Waiting<T> _, Failed<T> _, NotAllowed<T> _, KeyRefused<T> _ -> Optional.empty();
        };
    }

    /// The state after one more attempt.
    default LiveState<T> after(Answer<T> answer, Instant now) {
        return switch (answer) {
            case Answer.Received<T>(var picture) -> new Fresh<>(picture, now);
            case Answer.KeyRefused<T>() -> new KeyRefused<>();
            case Answer.NotAllowed<T>(var why) -> new NotAllowed<>(why);
            case Answer.NotFound<T>(var why) -> failed(why);
            case Answer.Refused<T>(var refusal) -> failed(refusal.detail());
            case Answer.Unavailable<T>(var why) -> failed(why);
        };
    }

    private LiveState<T> failed(String why) {
        return switch (this) {
            case Fresh<T>(var picture, var at) -> new Stale<>(picture, at, why);
            case Stale<T> stale -> new Stale<>(stale.picture(), stale.at(), why);
            case Waiting<T> _, Failed<T> _, NotAllowed<T> _ -> new Failed<>(why);
            case KeyRefused<T> _ -> this;
        };
    }
}
