// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.kafka.producers.TransactionTerms;
import io.penstock.kafka.records.BatchHeader;
import io.penstock.log.ShardOpening.Closing;
import io.penstock.log.ShardOpening.Predecessor;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;

/// One cluster's prefix on a virtual clock, and any number of cluster logs that use it.
public final class LogWorld {
    public static final Uuid ORDERS = new Uuid(1, 1);
    public static final Duration LONG = Duration.ofMinutes(2);

    public final VirtualRuntime runtime;
    public final MemoryObjectStore bucket;
    public final ClusterPrefix prefix = ClusterPrefix.of("tenant", "cluster");
    public final LogKeys keys = new LogKeys(prefix);
    private LogSettings settings = LogSettings.defaults(LatencyProfile.FAST);
    private LogRules rules = LogRules.strict();
    private TopicPolicies policies = TopicPolicies.KEEP_EVERYTHING;

    public LogWorld() {
        this(1);
    }

    public LogWorld(long seed) {
        VirtualRuntime time = new VirtualRuntime(seed);
        runtime = time;
        bucket = new MemoryObjectStore(() -> Instant.ofEpochMilli(time.wallMillis()));
    }

    public LogWorld settings(LogSettings other) {
        settings = other;
        return this;
    }

    /// Takes effect at once, also for brokers that exist.
    public LogWorld policies(TopicPolicies other) {
        policies = other;
        return this;
    }

    public LogWorld rules(LogRules other) {
        rules = other;
        return this;
    }

    /// A broker's tenure in the cluster: its log, its view of the store, what it was told.
    public final class Broker implements LogListener {
        public final Incarnation incarnation = Incarnation.random(runtime.random());
        public final FaultyStore store = new FaultyStore(bucket, runtime);
        public final ClusterLog log =
                new ClusterLog(store, prefix, incarnation, settings, runtime, this, id -> policies.of(id), rules);
        public final List<String> told = new ArrayList<>();

        @Override
        public void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {
            told.add("hw " + partition.partition() + " " + highWatermark);
        }

        @Override
        public void shardClosed(ShardId shard, LeaderEpoch epoch) {
            told.add("closed " + shard + " " + epoch);
        }

        @Override
        public void incarnationFenced() {
            told.add("fenced");
        }

        public OpenOutcome open(int shard, int epoch, Predecessor... predecessors) {
            return await(opening(shard, epoch, predecessors));
        }

        public CompletableFuture<OpenOutcome> opening(int shard, int epoch, Predecessor... predecessors) {
            return log.open(new ShardOpening(new ShardId(shard), new LeaderEpoch(epoch), List.of(predecessors)));
        }

        public Broker opened(int shard, int epoch, Predecessor... predecessors) {
            assertThat(open(shard, epoch, predecessors)).isInstanceOf(OpenOutcome.Opened.class);
            return this;
        }

        public Predecessor died(int epoch) {
            return new Predecessor(new LeaderEpoch(epoch), incarnation, Closing.RETIRED);
        }

        public Predecessor alive(int epoch) {
            return new Predecessor(new LeaderEpoch(epoch), incarnation, Closing.ALIVE);
        }

        /// As a leader does it whose transaction coordinator agrees to everything.
        public Sequencing append(PartitionRef partition, ByteBuffer batches) {
            return await(log.append(partition, batches, AppendOrigin.CLIENT, verified(partition, batches)));
        }

        private TransactionTerms verified(PartitionRef partition, ByteBuffer batches) {
            if (batches.remaining() < BatchHeader.SIZE
                    || BatchHeader.sizeAt(batches, batches.position()) < BatchHeader.SIZE) {
                return TransactionTerms.NONE;
            }
            BatchHeader first = BatchHeader.at(batches, batches.position());
            return first.transactional()
                            && await(log.startVerification(
                                            partition,
                                            first.producerId(),
                                            first.producerEpoch(),
                                            first.baseSequence(),
                                            false))
                                    instanceof TransactionVerification.Needed(TransactionTerms terms)
                    ? terms
                    : TransactionTerms.NONE;
        }

        public Sequencing.Sequenced sequenced(PartitionRef partition, ByteBuffer batches) {
            Sequencing answer = append(partition, batches);
            assertThat(answer).isInstanceOf(Sequencing.Sequenced.class);
            return (Sequencing.Sequenced) answer;
        }

        public AppendRefusal refused(PartitionRef partition, ByteBuffer batches) {
            Sequencing answer = append(partition, batches);
            assertThat(answer).isInstanceOf(Sequencing.Refused.class);
            return ((Sequencing.Refused) answer).reason();
        }

        /// Appends and waits until it is durable.
        public long acknowledged(PartitionRef partition, ByteBuffer batches) {
            Sequencing.Sequenced sequenced = sequenced(partition, batches);
            assertThat(await(sequenced.durability())).isEqualTo(Durability.DURABLE);
            return sequenced.baseOffset();
        }

        public Sequencing.Sequenced coordinator(PartitionRef partition, ByteBuffer batches) {
            Sequencing answer = await(log.append(partition, batches, AppendOrigin.COORDINATOR));
            assertThat(answer).isInstanceOf(Sequencing.Sequenced.class);
            assertThat(await(((Sequencing.Sequenced) answer).durability())).isEqualTo(Durability.DURABLE);
            return (Sequencing.Sequenced) answer;
        }

        public ReadOutcome read(PartitionRef partition, long offset) {
            return await(log.read(partition, offset, 1 << 20, Isolation.READ_UNCOMMITTED));
        }

        /// `offset:value` of every record from the offset on, over as many reads as it takes.
        public List<String> records(PartitionRef partition, long offset) {
            return records(partition, offset, 1 << 20);
        }

        public List<String> records(PartitionRef partition, long offset, int maxBytes) {
            List<String> found = new ArrayList<>();
            long next = offset;
            while (true) {
                ReadOutcome outcome = await(log.read(partition, next, maxBytes, Isolation.READ_UNCOMMITTED));
                assertThat(outcome).isInstanceOf(ReadOutcome.Records.class);
                List<String> some = Batches.read(((ReadOutcome.Records) outcome).batches());
                if (some.isEmpty()) {
                    return found;
                }
                found.addAll(some);
                String last = some.getLast();
                next = Long.parseLong(last.substring(0, last.indexOf(':'))) + 1;
            }
        }

        public PartitionOffsets offsets(PartitionRef partition) {
            return await(log.offsets(partition)).orElseThrow();
        }

        /// Stops without a word, as a killed process does.
        public void crash() {
            store.faults(_ -> new FaultyStore.Fault.Silence());
            log.close();
            runtime.settle();
        }
    }

    public Broker broker() {
        return new Broker();
    }

    public PartitionRef orders(int partition) {
        return new PartitionRef(new ShardId(0), ORDERS, partition);
    }

    public PartitionRef partition(int shard, int partition) {
        return new PartitionRef(new ShardId(shard), ORDERS, partition);
    }

    public <T> T await(CompletableFuture<T> future) {
        return runtime.await(future, LONG);
    }
}
