// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.failover;

/// What the detector says about one broker.
public sealed interface Verdict {
    String broker();

    /// Its process has certainly ended: give it up, no budget applies.
    record Gone(String broker) implements Verdict {}

    /// It is given up on a guess: fence it, but leave the process alone; it may wake.
    record Suspected(String broker, Symptom symptom) implements Verdict {}

    /// It has the symptom, but acting on it now would be more dangerous than waiting.
    record Held(String broker, Symptom symptom, Reason reason) implements Verdict {}

    /// What makes a broker suspect.
    enum Symptom {
        /// Its stream broke, and it did not dial again in time.
        STREAM_BROKEN,
        /// Its stream stands, and nothing comes.
        SILENT,
        /// It did not come back after the control plane did.
        NOT_REJOINED,
        /// It talks, but its log stands still while another's of the same cluster moves on.
        STUCK
    }

    /// Why a suspicion is not acted on yet.
    enum Reason {
        /// Most brokers look dead at once.
        MOST_BROKERS,
        /// Too many were suspected lately.
        BUDGET,
        /// No log of its clusters moves anywhere: the bucket is away, and an heir could do nothing.
        BUCKET_STALLED
    }
}
