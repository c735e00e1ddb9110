// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.gateway;

import java.util.function.Function;

/// What came of a question to the control plane.
public sealed interface Answer<T> {
    /// It answered.
    record Received<T>(T value) implements Answer<T> {}

    /// It does not know this key: mistyped, expired or revoked. Asking again with it is useless.
    record KeyRefused<T>() implements Answer<T> {}

    /// The key is good, but not for this.
    record NotAllowed<T>(String why) implements Answer<T> {}

    /// There is no such thing, or not for this key, or not in this version of the control plane.
    record NotFound<T>(String why) implements Answer<T> {}

    /// It understood, and will not: something about the request is wrong, or in the way.
    record Refused<T>(Refusal refusal) implements Answer<T> {}

    /// It did not answer, or not in words that the console understands. Ask again.
    record Unavailable<T>(String why) implements Answer<T> {}

    /// The same outcome about something made of the value.
    default <R> Answer<R> map(Function<T, R> change) {
        return switch (this) {
            case Received<T>(var value) -> new Received<>(change.apply(value));
            case KeyRefused<T>() -> new KeyRefused<>();
            case NotAllowed<T>(var why) -> new NotAllowed<>(why);
            case NotFound<T>(var why) -> new NotFound<>(why);
            case Refused<T>(var refusal) -> new Refused<>(refusal);
            case Unavailable<T>(var why) -> new Unavailable<>(why);
        };
    }

    /// The next question, asked only if this one was answered.
    default <R> Answer<R> then(Function<T, Answer<R>> next) {
        return switch (this) {
            case Received<T>(var value) -> next.apply(value);
            case KeyRefused<T>() -> new KeyRefused<>();
            case NotAllowed<T>(var why) -> new NotAllowed<>(why);
            case NotFound<T>(var why) -> new NotFound<>(why);
            case Refused<T>(var refusal) -> new Refused<>(refusal);
            case Unavailable<T>(var why) -> new Unavailable<>(why);
        };
    }
}
