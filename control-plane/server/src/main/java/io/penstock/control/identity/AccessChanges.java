// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.identity;

import io.penstock.control.cluster.ClusterService;
import io.penstock.control.metalog.Metalog;
import io.penstock.metadata.AccessRequests;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.MetalogRecord;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Changes who may do what in a cluster: decided against the newest image under the cluster's lock, answered when the
/// entry is stored in the bucket and brokers have it.
@Component
public class AccessChanges {
    private static final int STORED_WITHIN_SECONDS = 20;

    private final ClusterService clusters;
    private final Metalog metalog;
    private final TransactionTemplate transactions;
    private final RandomGenerator random;

    AccessChanges(ClusterService clusters, Metalog metalog, TransactionTemplate transactions, RandomGenerator random) {
        this.clusters = clusters;
        this.metalog = metalog;
        this.transactions = transactions;
        this.random = random;
    }

    /// A Kafka client's request in its own bytes; its broker has authorized it.
    public ByteBuffer forwarded(String clusterId, ApiKeys api, short version, ByteBuffer request) {
        return changed(clusterId, image -> {
            var plan = AccessRequests.plan(image, api, version, request.duplicate(), this::newId);
            return new Decision<>(plan.response(), plan.records());
        });
    }

    /// What was decided, and the records that make it so; none if nothing changes.
    record Decision<R>(R result, List<MetalogRecord> records) {}

    /// @return the result of the decision, when it is so
    <R> CompletableFuture<R> change(String clusterId, Function<ClusterImage, Decision<R>> decide) {
        clusters.serving(clusterId);
        record Made<R>(int entry, Decision<R> decision) {}
        var made = Objects.requireNonNull(transactions.execute(_ -> {
            var decided = new CompletableFuture<Decision<R>>();
            int number = metalog.append(clusterId, image -> {
                Decision<R> decision = decide.apply(image);
                decided.complete(decision);
                return decision.records();
            });
            return new Made<>(number, decided.join());
        }));
        return made.decision().records().isEmpty()
                ? CompletableFuture.completedFuture(made.decision().result())
                : metalog.stored(clusterId, made.entry())
                        .thenApply(_ -> made.decision().result());
    }

    /// As [#change], for callers who wait.
    <R> R changed(String clusterId, Function<ClusterImage, Decision<R>> decide) {
        return change(clusterId, decide)
                .orTimeout(STORED_WITHIN_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    /// Version 4, variant 2 (RFC 9562).
    Uuid newId() {
        return new Uuid(
                (random.nextLong() & 0xffffffffffff0fffL) | 0x4000L,
                (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L);
    }
}
