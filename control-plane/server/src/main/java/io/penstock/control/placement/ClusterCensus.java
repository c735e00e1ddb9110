// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import io.penstock.control.fleet.Member;
import io.penstock.control.fleet.Member.Standing;
import io.penstock.control.fleet.Roster;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.Endpoint;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// A cluster's image and its roster side by side: who leads what, and how the leaders fare. Pure.
public final class ClusterCensus {
    private final ClusterImage image;
    private final Roster roster;
    private final Map<ShardId, Incarnation> leaders = new TreeMap<>();
    private final List<Candidate> candidates = new ArrayList<>();

    /// @param otherLoads broker id → shards that it leads in other clusters
    public ClusterCensus(ClusterImage image, Roster roster, Map<String, Integer> otherLoads) {
        this.image = image;
        this.roster = roster;
        for (ShardId shard : shards()) {
            image.shards().current(shard).ifPresent(tenure -> leaders.put(shard, tenure.incarnation()));
        }
        for (Member member : roster.serving()) {
            // The bucket knows better than any list here.
            if (!image.shards().isRetired(member.incarnation())) {
                candidates.add(new Candidate(
                        member.incarnation(),
                        member.nodeId(),
                        member.zone(),
                        otherLoads.getOrDefault(member.brokerId(), 0)));
            }
        }
    }

    public List<ShardId> shards() {
        return IntStream.range(0, image.shards().count()).mapToObj(ShardId::new).toList();
    }

    public Map<ShardId, Incarnation> leaders() {
        return Map.copyOf(leaders);
    }

    public List<Candidate> candidates() {
        return List.copyOf(candidates);
    }

    /// Incarnations that the image still holds for alive and that are given up.
    public Set<Incarnation> dead() {
        var dead = new LinkedHashSet<Incarnation>();
        for (Incarnation incarnation : registered()) {
            if (roster.standingOf(incarnation) == Standing.GIVEN_UP) {
                dead.add(incarnation);
            }
        }
        return dead;
    }

    /// Incarnations that the image holds for alive.
    public List<Incarnation> registered() {
        return image.shards().incarnations().entrySet().stream()
                .filter(known -> !known.getValue().retired())
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Shards that nobody leads, or whose leader wants to leave.
    public List<ShardId> homeless() {
        return shards().stream()
                .filter(shard -> {
                    Incarnation leader = leaders.get(shard);
                    return leader == null || roster.standingOf(leader) == Standing.LEAVING;
                })
                .toList();
    }

    /// The entry that retires these incarnations and makes these moves; announces whoever leads for the first time.
    public List<MetalogRecord> records(Collection<Incarnation> retired, Map<ShardId, Incarnation> moves) {
        var records = new ArrayList<MetalogRecord>();
        var known = new HashMap<>(image.shards().incarnations());
        for (Incarnation heir : new LinkedHashSet<>(new TreeMap<>(moves).values())) {
            Member member = roster.members().get(heir);
            if (member == null) {
                throw new IllegalArgumentException("an heir that nobody knows: " + heir);
            }
            if (!known.containsKey(heir)) {
                records.add(MetalogRecords.announce(new Endpoint(
                        member.nodeId(),
                        member.host(),
                        member.port(),
                        member.zone().isEmpty() ? Optional.empty() : Optional.of(member.zone()),
                        heir,
                        member.brokerEpoch())));
            }
        }
        records.addAll(MetalogRecords.assignShards(moves));
        retired.forEach(incarnation -> records.add(MetalogRecords.retire(incarnation)));
        return records;
    }
}
