// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// Keeps apart which read barriers are proven by what (R10): by a slot first sent after the request came, or by a probe
/// begun after it. Requests that wait for the same proof share one future. Pure: no clock, no store.
final class ReadBarriers {
    private final List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
    private final TreeMap<Long, List<CompletableFuture<Boolean>>> behindSlot = new TreeMap<>();
    private final List<CompletableFuture<Boolean>> behindProbe = new ArrayList<>();

    /// A request came: it shares the future of others for which no proof has begun.
    CompletableFuture<Boolean> request() {
        for (CompletableFuture<Boolean> shared : waiting) {
            if (!shared.isDone()) {
                return shared;
            }
        }
        CompletableFuture<Boolean> own = new CompletableFuture<>();
        waiting.add(own);
        return own;
    }

    /// Whether some request has no proof under way.
    boolean anyWaiting() {
        waiting.removeIf(CompletableFuture::isDone);
        return !waiting.isEmpty();
    }

    /// The slot's first PUT leaves now: it proves all that wait, once the frontier has reached it.
    void sent(long slot) {
        if (anyWaiting()) {
            behindSlot.put(slot, new ArrayList<>(waiting));
            waiting.clear();
        }
    }

    /// A look at the next, never-sent slot begins now: it proves all that wait, if it finds nothing.
    void probeBegins() {
        behindProbe.addAll(waiting);
        waiting.clear();
    }

    void probeFoundNothing() {
        completeAll(behindProbe, true);
    }

    /// The probe found the slot that we sent meanwhile, first sent after the probe's requests came.
    void probeFoundOwn(long slot, boolean passed) {
        if (passed) {
            completeAll(behindProbe, true);
        } else {
            behindSlot.computeIfAbsent(slot, _ -> new ArrayList<>()).addAll(behindProbe);
            behindProbe.clear();
        }
    }

    /// The probe proves nothing: its requests wait again.
    void probeVoid() {
        waiting.addAll(behindProbe);
        behindProbe.clear();
    }

    /// The frontier has reached the slot.
    void passed(long slot) {
        Map<Long, List<CompletableFuture<Boolean>>> proven = behindSlot.headMap(slot, true);
        List<CompletableFuture<Boolean>> all = new ArrayList<>();
        proven.values().forEach(all::addAll);
        proven.clear();
        completeAll(all, true);
    }

    /// A seal ended the generation and we go on in the next: proofs by its slots are void.
    void generationEnded() {
        behindSlot.values().forEach(waiting::addAll);
        behindSlot.clear();
        probeVoid();
    }

    /// Nothing will be proven any more.
    void failAll() {
        generationEnded();
        completeAll(waiting, false);
    }

    private static void completeAll(List<CompletableFuture<Boolean>> requests, boolean proven) {
        List<CompletableFuture<Boolean>> done = List.copyOf(requests);
        requests.clear();
        done.forEach(request -> request.complete(proven));
    }
}
