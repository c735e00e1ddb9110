// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Who leads which shard, and who led it since its manifest's checkpoint. Immutable; a few hundred rows whatever the
/// number of partitions.
public final class ShardTable {
    static final ShardTable EMPTY = new ShardTable(List.of(), new TreeMap<>());

    /// One assignment of a shard.
    ///
    /// @param epoch number of the entry that made it
    public record Tenure(LeaderEpoch epoch, Incarnation incarnation) {}

    /// An assignment that is over, and how it is to be closed before an heir opens the shard (R7).
    public record Predecessor(LeaderEpoch epoch, Incarnation incarnation, Closing closing) {}

    /// How a predecessor is closed.
    public enum Closing {
        /// It is retired and leads nothing any more: its WAL may be sealed for all.
        RETIRED,
        /// It lives, or may: wait for its hand-off, then seal by name with `continue`.
        ALIVE
    }

    /// An incarnation as announced.
    ///
    /// @param retired whether it is fenced for good: no later entry gives it anything
    public record Announced(Endpoint endpoint, int announcedAt, boolean retired) {}

    private final List<List<Tenure>> tenures;
    private final SortedMap<Incarnation, Announced> incarnations;

    private ShardTable(List<List<Tenure>> tenures, SortedMap<Incarnation, Announced> incarnations) {
        this.tenures = tenures;
        this.incarnations = incarnations;
    }

    /// How many shards the cluster has; 0 before its settings are known.
    public int count() {
        return tenures.size();
    }

    /// The assignment in force, if the shard was ever assigned.
    public Optional<Tenure> current(ShardId shard) {
        List<Tenure> all = history(shard);
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    /// All assignments since the checkpoint, oldest first; the last one is in force.
    public List<Tenure> history(ShardId shard) {
        return shard.number() < tenures.size() ? tenures.get(shard.number()) : List.of();
    }

    /// What whoever leads the shard at the current epoch must find closed, oldest first.
    public List<Predecessor> predecessors(ShardId shard) {
        List<Tenure> all = history(shard);
        List<Predecessor> predecessors = new ArrayList<>(all.size());
        for (Tenure tenure : all.subList(0, Math.max(0, all.size() - 1))) {
            predecessors.add(new Predecessor(tenure.epoch(), tenure.incarnation(), closingOf(tenure.incarnation())));
        }
        return predecessors;
    }

    /// How the WAL of an incarnation may be closed: for all only when no entry has left it anything.
    public Closing closingOf(Incarnation incarnation) {
        return isRetired(incarnation) ? Closing.RETIRED : Closing.ALIVE;
    }

    /// The shards that an incarnation leads, in order.
    public List<ShardId> ledBy(Incarnation incarnation) {
        List<ShardId> led = new ArrayList<>();
        for (int shard = 0; shard < tenures.size(); shard++) {
            List<Tenure> all = tenures.get(shard);
            if (!all.isEmpty() && all.getLast().incarnation().equals(incarnation)) {
                led.add(new ShardId(shard));
            }
        }
        return led;
    }

    /// Every incarnation that was announced, without those that are retired and in no shard's list any more.
    public Map<Incarnation, Announced> incarnations() {
        return incarnations;
    }

    /// Whether the incarnation is known to be fenced for good.
    public boolean isRetired(Incarnation incarnation) {
        Announced announced = incarnations.get(incarnation);
        return announced != null && announced.retired();
    }

    /// The leader in force and where to reach it.
    public Optional<Leader> leader(ShardId shard) {
        return current(shard).flatMap(this::leader);
    }

    private Optional<Leader> leader(Tenure tenure) {
        Announced announced = incarnations.get(tenure.incarnation());
        if (announced == null || announced.retired()) {
            return Optional.empty();
        }
        Endpoint at = announced.endpoint();
        return Optional.of(new Leader(at.nodeId(), at.host(), at.port(), tenure.epoch(), tenure.incarnation()));
    }

    /// For every node id the newest incarnation that is not retired.
    public SortedMap<Integer, Endpoint> liveBrokers() {
        SortedMap<Integer, Announced> newest = new TreeMap<>();
        for (Announced candidate : incarnations.values()) {
            if (!candidate.retired()) {
                newest.merge(candidate.endpoint().nodeId(), candidate, ShardTable::newer);
            }
        }
        SortedMap<Integer, Endpoint> endpoints = new TreeMap<>();
        newest.forEach((nodeId, announced) -> endpoints.put(nodeId, announced.endpoint()));
        return endpoints;
    }

    private static Announced newer(Announced one, Announced other) {
        int byEpoch =
                Long.compare(one.endpoint().brokerEpoch(), other.endpoint().brokerEpoch());
        int order = byEpoch != 0 ? byEpoch : Integer.compare(one.announcedAt(), other.announcedAt());
        return order >= 0 ? one : other;
    }

    Draft draft() {
        return new Draft(this);
    }

    /// The next table under construction. Refuses what must never be in force.
    static final class Draft {
        private final List<List<Tenure>> tenures;
        private final SortedMap<Incarnation, Announced> incarnations;
        private boolean prune;

        private Draft(ShardTable from) {
            tenures = new ArrayList<>(from.tenures);
            incarnations = new TreeMap<>(from.incarnations);
        }

        void shards(int count) {
            if (!tenures.isEmpty() && tenures.size() != count) {
                throw new RefusedRecordException(
                        "the cluster has " + tenures.size() + " shards for life, not " + count);
            }
            while (tenures.size() < count) {
                tenures.add(List.of());
            }
        }

        void announce(Incarnation incarnation, Endpoint endpoint, int entry) {
            Announced known = incarnations.get(incarnation);
            if (known != null && known.retired()) {
                throw new RefusedRecordException("incarnation " + incarnation + " is retired and never comes back");
            }
            incarnations.put(incarnation, new Announced(endpoint, entry, false));
        }

        void assign(ShardId shard, Incarnation incarnation, LeaderEpoch epoch) {
            Announced announced = incarnations.get(incarnation);
            if (announced == null || announced.retired()) {
                throw new RefusedRecordException("shard " + shard + " is given to incarnation " + incarnation
                        + (announced == null ? ", which was never announced" : ", which is retired"));
            }
            List<Tenure> before = tenuresOf(shard);
            if (!before.isEmpty() && before.getLast().epoch().compareTo(epoch) >= 0) {
                throw new RefusedRecordException("shard " + shard + " is assigned twice in entry " + epoch);
            }
            List<Tenure> after = new ArrayList<>(before);
            after.add(new Tenure(epoch, incarnation));
            tenures.set(shard.number(), List.copyOf(after));
        }

        void retire(Incarnation incarnation) {
            Announced announced = incarnations.get(incarnation);
            if (announced == null) {
                throw new RefusedRecordException("incarnation " + incarnation + " was never announced");
            }
            incarnations.put(incarnation, new Announced(announced.endpoint(), announced.announcedAt(), true));
            prune = true;
        }

        void checkpoint(ShardId shard, LeaderEpoch below) {
            List<Tenure> before = tenuresOf(shard);
            if (before.isEmpty() || before.getLast().epoch().compareTo(below) < 0) {
                throw new RefusedRecordException("shard " + shard + " has no epoch " + below + " yet");
            }
            tenures.set(
                    shard.number(),
                    before.stream()
                            .filter(tenure -> tenure.epoch().compareTo(below) >= 0)
                            .toList());
            prune = true;
        }

        private List<Tenure> tenuresOf(ShardId shard) {
            if (shard.number() >= tenures.size()) {
                throw new RefusedRecordException(
                        "there is no shard " + shard + " in a cluster of " + tenures.size() + " shards");
            }
            return tenures.get(shard.number());
        }

        /// @throws RefusedRecordException if a retired incarnation would still lead something
        ShardTable finish() {
            if (prune) {
                Set<Incarnation> named = new HashSet<>();
                Map<Incarnation, Integer> leading = new HashMap<>();
                for (int shard = 0; shard < tenures.size(); shard++) {
                    for (Tenure tenure : tenures.get(shard)) {
                        named.add(tenure.incarnation());
                    }
                    if (!tenures.get(shard).isEmpty()) {
                        leading.put(tenures.get(shard).getLast().incarnation(), shard);
                    }
                }
                incarnations.forEach((incarnation, announced) -> {
                    Integer led = leading.get(incarnation);
                    if (announced.retired() && led != null) {
                        throw new RefusedRecordException(
                                "incarnation " + incarnation + " is retired but still leads shard " + led);
                    }
                });
                incarnations
                        .entrySet()
                        .removeIf(entry -> entry.getValue().retired() && !named.contains(entry.getKey()));
            }
            return new ShardTable(List.copyOf(tenures), Collections.unmodifiableSortedMap(incarnations));
        }
    }

    void write(ByteSink out) {
        out.i32(tenures.size());
        for (List<Tenure> all : tenures) {
            out.i32(all.size());
            for (Tenure tenure : all) {
                out.i32(tenure.epoch().number()).incarnation(tenure.incarnation());
            }
        }
        out.i32(incarnations.size());
        incarnations.forEach((incarnation, announced) -> out.incarnation(incarnation)
                .i32(announced.endpoint().nodeId())
                .text(announced.endpoint().host())
                .i32(announced.endpoint().port())
                .optionalText(announced.endpoint().zone())
                .i64(announced.endpoint().brokerEpoch())
                .i32(announced.announcedAt())
                .bool(announced.retired()));
    }

    static ShardTable read(ByteSource in) throws MetadataFormatException {
        int shards = in.count(4);
        List<List<Tenure>> tenures = new ArrayList<>(shards);
        for (int shard = 0; shard < shards; shard++) {
            int count = in.count(20);
            List<Tenure> all = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                all.add(new Tenure(new LeaderEpoch(in.i32()), in.incarnation()));
            }
            tenures.add(List.copyOf(all));
        }
        int count = in.count(16);
        SortedMap<Incarnation, Announced> incarnations = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            Incarnation incarnation = in.incarnation();
            int nodeId = in.i32();
            String host = in.text();
            int port = in.i32();
            Optional<String> zone = in.optionalText();
            long brokerEpoch = in.i64();
            Endpoint endpoint = new Endpoint(nodeId, host, port, zone, incarnation, brokerEpoch);
            incarnations.put(incarnation, new Announced(endpoint, in.i32(), in.bool()));
        }
        return new ShardTable(List.copyOf(tenures), Collections.unmodifiableSortedMap(incarnations));
    }
}
