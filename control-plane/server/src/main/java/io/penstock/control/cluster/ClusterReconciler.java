// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.api.Phase;
import io.penstock.api.ProblemCode;
import io.penstock.control.metalog.ClusterDetached;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.metalog.MetalogDetachedException;
import io.penstock.control.operation.OperationService;
import io.penstock.control.operation.OperationSteps;
import io.penstock.control.problem.ProblemException;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionTemplate;

/// Brings clusters to where their rows say they should be.
///
/// Every step is repeatable, so a cluster that a process left half-way is taken up by the next one that looks, and
/// two that drive the same cluster do no harm.
@Component
class ClusterReconciler {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterReconciler.class);
    private static final List<Phase> UNFINISHED = List.of(Phase.PENDING, Phase.PROVISIONING, Phase.DELETING);

    private final Clusters clusters;
    private final Metalog metalog;
    private final ClusterHosting hosting;
    private final ClusterPurges purges;
    private final List<ClusterPreparation> preparations;
    private final KafkaSettings kafka;
    private final OperationService operations;
    private final OperationSteps steps;
    private final ApplicationEventPublisher events;
    private final TransactionTemplate transactions;
    private final Clock clock;
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();
    private final ExecutorService drivers = Executors.newVirtualThreadPerTaskExecutor();

    ClusterReconciler(
            Clusters clusters,
            Metalog metalog,
            ClusterHosting hosting,
            ClusterPurges purges,
            List<ClusterPreparation> preparations,
            KafkaSettings kafka,
            OperationService operations,
            OperationSteps steps,
            ApplicationEventPublisher events,
            TransactionTemplate transactions,
            Clock clock) {
        this.clusters = clusters;
        this.metalog = metalog;
        this.hosting = hosting;
        this.purges = purges;
        this.preparations = List.copyOf(preparations);
        this.kafka = kafka;
        this.operations = operations;
        this.steps = steps;
        this.events = events;
        this.transactions = transactions;
        this.clock = clock;
    }

    /// What a process that died left behind, and what stumbled and is worth another try.
    @Scheduled(fixedDelayString = "PT2S", initialDelayString = "PT1S")
    void takeUpWhatIsUnfinished() {
        clusters.idsIn(UNFINISHED).forEach(this::drive);
    }

    @TransactionalEventListener
    void wished(ClusterPhaseChanged event) {
        if (UNFINISHED.contains(event.phase())) {
            drive(event.clusterId());
        }
    }

    /// Somebody else owns it now; whoever looks at it here is told so.
    @TransactionalEventListener(fallbackExecution = true)
    void detached(ClusterDetached event) {
        drivers.execute(
                () -> changeUnlessDeleting(event.clusterId(), found -> found.failed(event.reason(), clock.instant())));
    }

    @PreDestroy
    void stop() {
        drivers.shutdownNow();
    }

    private void drive(String clusterId) {
        if (!underWay.add(clusterId)) {
            return;
        }
        drivers.execute(() -> {
            try {
                step(clusterId);
            } catch (RuntimeException e) {
                stumbled(clusterId, e);
            } finally {
                underWay.remove(clusterId);
            }
        });
    }

    private void step(String clusterId) {
        var cluster = clusters.findById(clusterId);
        if (cluster.isEmpty()) {
            return;
        }
        switch (cluster.get().phase()) {
            case PENDING, PROVISIONING -> provision(cluster.get());
            case DELETING -> delete(cluster.get());
            case READY, UPDATING, DEGRADED, SUSPENDED, DELETED, FAILED -> {}
        }
    }

    private void provision(Cluster cluster) {
        var id = cluster.id();
        if (cancelled(cluster)) {
            return;
        }
        // Somebody may have asked for its deletion since it was read: then that comes next.
        if (!changeUnlessDeleting(id, found -> found.provisioningStarted(clock.instant()))) {
            return;
        }
        if (cluster.adopted()) {
            reached(cluster, ClusterSteps.CLAIM_METALOG);
            metalog.claim(id, cluster.settings());
        } else {
            reached(cluster, ClusterSteps.WRITE_METALOG);
            metalog.createCluster(id, cluster.tenantId(), cluster.bucketId(), cluster.settings());
        }
        preparations.forEach(preparation -> preparation.prepare(cluster));
        if (cancelled(cluster)) {
            return;
        }
        reached(cluster, ClusterSteps.ATTACH_FLEET);
        var basePort = kafka.basePortOf(cluster.portIndex().orElseThrow());
        if (!completed(cluster, hosting.attach(cluster, basePort))) {
            return;
        }
        var ready = new AtomicBoolean();
        ended(
                cluster,
                () -> ready.set(changeUnlessDeleting(id, found -> {
                    found.provisioned(clock.instant());
                    cluster.operationId().ifPresent(operations::succeeded);
                })));
        if (ready.get()) {
            LOG.info("event=cluster_ready tenant={} cluster={} name={}", cluster.tenantId(), id, cluster.name());
        }
    }

    /// Waits for as long as it takes, as long as nobody changes their mind.
    private boolean completed(Cluster cluster, CompletableFuture<Void> attached) {
        while (true) {
            try {
                attached.get(1, TimeUnit.SECONDS);
                return true;
            } catch (TimeoutException _) {
                if (cancelled(cluster) || !isStill(cluster.id(), Phase.PROVISIONING)) {
                    return false;
                }
            } catch (ExecutionException e) {
                throw new CompletionException(e.getCause());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    private boolean isStill(String clusterId, Phase phase) {
        return clusters.findById(clusterId)
                .filter(found -> found.phase() == phase)
                .isPresent();
    }

    private boolean cancelled(Cluster cluster) {
        var cancelling = cluster.operationId().filter(operations::cancelling);
        cancelling.ifPresent(operation -> {
            hosting.detach(cluster.id());
            changeUnlessDeleting(cluster.id(), found -> {
                found.failed("its creation was cancelled", clock.instant());
                operations.cancelled(operation);
            });
            LOG.info("event=cluster_creation_cancelled tenant={} cluster={}", cluster.tenantId(), cluster.id());
        });
        return cancelling.isPresent();
    }

    private void delete(Cluster cluster) {
        var id = cluster.id();
        reached(cluster, ClusterSteps.PROVE_OWNERSHIP);
        prove(cluster);
        reached(cluster, ClusterSteps.DETACH_FLEET);
        hosting.detach(id);
        ended(
                cluster,
                () -> change(id, found -> {
                    found.deleted(clock.instant());
                    purges.plan(found);
                    cluster.operationId().ifPresent(operations::succeeded);
                }));
        LOG.info("event=cluster_deleted tenant={} cluster={} name={}", cluster.tenantId(), id, cluster.name());
    }

    /// Nothing of another control plane's is touched: if the bucket says that the cluster is theirs, only our row goes.
    private void prove(Cluster cluster) {
        try {
            if (!cluster.adopted()) {
                metalog.createCluster(cluster.id(), cluster.tenantId(), cluster.bucketId(), cluster.settings());
            }
            metalog.prove(cluster.id());
        } catch (MetalogDetachedException e) {
            LOG.warn("event=deleting_a_detached_cluster cluster={} cause={}", cluster.id(), e.getMessage());
        }
    }

    private void stumbled(String clusterId, RuntimeException e) {
        var cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        var words = String.valueOf(cause.getMessage());
        var permanent = permanent(cause);
        LOG.warn(
                "event=cluster_stumbled cluster={} permanent={} cause={}",
                clusterId,
                permanent.isPresent(),
                cause.toString());
        LOG.debug("event=cluster_stumbled_at cluster={}", clusterId, cause);
        var operation = clusters.findById(clusterId).flatMap(Cluster::operationId);
        if (permanent.isPresent() && isStill(clusterId, Phase.PROVISIONING)) {
            changeUnlessDeleting(clusterId, found -> {
                found.failed(words, clock.instant());
                operation.ifPresent(id -> operations.failed(id, permanent.get()));
            });
        } else {
            operation.ifPresent(id -> operations.remarked(id, "will be tried again: " + words));
        }
    }

    /// What trying again cannot mend.
    private static Optional<ProblemException> permanent(Throwable cause) {
        if (cause instanceof ProblemException problem && !problem.code().retryable()) {
            return Optional.of(problem);
        }
        if (cause instanceof MetalogDetachedException) {
            return Optional.of(ProblemException.of(ProblemCode.INVALID_STATE, String.valueOf(cause.getMessage())));
        }
        return Optional.empty();
    }

    private void reached(Cluster cluster, String step) {
        cluster.operationId().ifPresent(operation -> steps.begin(operation, step));
    }

    private void ended(Cluster cluster, Runnable noting) {
        cluster.operationId().ifPresentOrElse(operation -> steps.end(operation, noting), noting);
    }

    /// @return whether the change was made
    private boolean changeUnlessDeleting(String clusterId, Consumer<Cluster> change) {
        var made = new AtomicBoolean();
        change(clusterId, found -> {
            if (found.phase() != Phase.DELETING && found.phase() != Phase.DELETED) {
                change.accept(found);
                made.set(true);
            }
        });
        return made.get();
    }

    private void change(String clusterId, Consumer<Cluster> change) {
        transactions.executeWithoutResult(_ -> clusters.lock(clusterId).ifPresent(found -> {
            var before = found.phase();
            change.accept(found);
            clusters.saveAndFlush(found);
            if (found.phase() != before) {
                events.publishEvent(new ClusterPhaseChanged(clusterId, found.tenantId(), found.phase()));
            }
        }));
    }
}
