// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.MetaKeys;
import io.penstock.objectstore.layout.ShardId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.jspecify.annotations.Nullable;

/// Proves a metalog whole by replaying it from its first entry: every entry there, sound, and naming its predecessor;
/// every snapshot equal to the image it claims to be; the identity that of the prefix. Reads only; blocks.
///
/// Remembers what an image forgets: every leader that every shard ever had. May be asked to read on.
public final class MetalogCheck {
    private final ObjectStore store;
    private final MetaKeys keys;
    private final List<Problem> problems = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final Map<ShardId, Map<LeaderEpoch, Incarnation>> leaders = new TreeMap<>();
    private final Set<Incarnation> announced = new HashSet<>();
    private final Set<Uuid> cleaned = new HashSet<>();
    private final List<Death> deaths = new ArrayList<>();
    private final NavigableSet<Integer> snapshots = new TreeSet<>();
    private ClusterImage image = ClusterImage.EMPTY;
    private boolean begun;
    private boolean stopped;

    public MetalogCheck(ObjectStore store, MetaKeys keys) {
        this.store = store;
        this.keys = keys;
    }

    /// Something is wrong with an object.
    ///
    /// @param entry whether the chain of entries is broken there; else only that object is damaged
    public record Problem(ObjectKey object, String detail, boolean entry) {}

    /// The entry that retired the incarnation gave its shard to an heir, at the epoch that is the entry's number.
    public record Death(Incarnation incarnation, ShardId shard, LeaderEpoch heirEpoch) {}

    /// Reads every entry that is there and was not read yet.
    ///
    /// @throws UncheckedIOException if the store does not answer: nothing is proven
    public void readOn() {
        if (!begun) {
            begun = true;
            identity();
            list(keys.snapshots(), key -> snapshots.add(Math.toIntExact(MetaKeys.numberOf(key))));
        }
        List<Integer> listed = new ArrayList<>();
        list(keys.entries(), key -> listed.add(Math.toIntExact(MetaKeys.numberOf(key))));
        int last = listed.isEmpty() ? 0 : listed.getLast();
        while (!stopped && image.number() < last) {
            entry(image.number() + 1, last);
        }
        snapshots.tailSet(image.number(), false).forEach(number -> {
            if (!stopped) {
                problems.add(new Problem(keys.snapshot(number), "is of an entry that does not exist", false));
            }
        });
    }

    private void identity() {
        ObjectKey key = keys.cluster();
        Optional<ByteBuffer> bytes = get(key);
        if (bytes.isEmpty()) {
            problems.add(new Problem(key, "is missing", false));
            return;
        }
        try {
            ClusterIdentity identity = ClusterIdentity.decode(bytes.get());
            String own = identity.tenantId() + "/" + identity.clusterId();
            if (!own.equals(keys.prefix().value())) {
                problems.add(new Problem(key, "is the identity of " + own, false));
            }
        } catch (MetadataFormatException e) {
            problems.add(new Problem(key, String.valueOf(e.getMessage()), false));
        }
    }

    private void entry(int number, int last) {
        ObjectKey key = keys.entry(number);
        Optional<ByteBuffer> bytes = get(key);
        if (bytes.isEmpty()) {
            broken(key, "is missing, and entries up to " + last + " are there");
            return;
        }
        EncodedEntry encoded = EncodedEntry.of(number, bytes.get());
        ImageChange change;
        MetalogEntry entry;
        try {
            entry = MetalogCodec.decode(encoded);
            change = image.apply(encoded);
        } catch (MetadataFormatException | BrokenChainException e) {
            broken(key, String.valueOf(e.getMessage()));
            return;
        }
        change.voidReason().ifPresent(reason -> remarks.add("entry " + number + " is void: " + reason));
        if (!change.isVoid()) {
            remember(change, entry);
            rememberCleaned(change);
        }
        image = change.after();
        if (snapshots.contains(number)) {
            snapshot(number);
        }
    }

    private void broken(ObjectKey key, String detail) {
        problems.add(new Problem(key, detail, true));
        stopped = true;
    }

    private void remember(ImageChange change, MetalogEntry entry) {
        LeaderEpoch epoch = new LeaderEpoch(entry.number());
        Set<Incarnation> retired = change.retired();
        for (MetalogRecord record : entry.records()) {
            if (record instanceof MetalogRecord.ShardAssigned(ShardId shard, Incarnation incarnation)) {
                change.before()
                        .shards()
                        .current(shard)
                        .map(ShardTable.Tenure::incarnation)
                        .filter(retired::contains)
                        .ifPresent(dead -> deaths.add(new Death(dead, shard, epoch)));
                leaders.computeIfAbsent(shard, _ -> new TreeMap<>()).put(epoch, incarnation);
            } else if (record instanceof MetalogRecord.IncarnationAnnounced one) {
                announced.add(one.incarnation());
            }
        }
    }

    private void rememberCleaned(ImageChange change) {
        for (ConfigResource resource : change.configsChanged()) {
            if (resource.type() == ConfigResource.Type.TOPIC
                    && change.after()
                            .configs(resource)
                            .getOrDefault(TopicConfig.CLEANUP_POLICY_CONFIG, "")
                            .contains(TopicConfig.CLEANUP_POLICY_COMPACT)) {
                change.after().topicId(resource.name()).ifPresent(cleaned::add);
            }
        }
    }

    /// The same image always has the same bytes.
    private void snapshot(int number) {
        ObjectKey key = keys.snapshot(number);
        @Nullable ByteBuffer bytes = get(key).orElse(null);
        if (bytes != null && !bytes.equals(ByteBuffer.wrap(MetaSnapshot.encode(image)))) {
            problems.add(new Problem(key, "is not the image at entry " + number, false));
        }
    }

    private Optional<ByteBuffer> get(ObjectKey key) {
        return switch (store.get(key).join()) {
            case GetOutcome.Found found -> Optional.of(found.bytes());
            case GetOutcome.Absent _ -> Optional.empty();
            case GetOutcome.Failed(Throwable cause) -> throw noAnswer(key.value(), cause);
        };
    }

    private static UncheckedIOException noAnswer(String what, Throwable cause) {
        return new UncheckedIOException(new IOException(what + ": " + cause, cause));
    }

    private void list(String prefix, Consumer<ObjectKey> visitor) {
        Optional<ObjectKey> after = Optional.empty();
        for (boolean more = true; more; ) {
            switch (store.list(prefix, after, 1000).join()) {
                case ListOutcome.Failed(Throwable cause) -> throw noAnswer(prefix, cause);
                case ListOutcome.Listed listed -> {
                    listed.objects().forEach(object -> visitor.accept(object.key()));
                    more = listed.more() && !listed.objects().isEmpty();
                    if (more) {
                        after = Optional.of(listed.objects().getLast().key());
                    }
                }
            }
        }
    }

    /// Whether every entry that is there could be applied.
    public boolean complete() {
        return !stopped;
    }

    /// The image after all that could be read.
    public ClusterImage image() {
        return image;
    }

    public List<Problem> problems() {
        return List.copyOf(problems);
    }

    /// What is no damage, and worth knowing: void entries.
    public List<String> remarks() {
        return List.copyOf(remarks);
    }

    /// Per shard every leader epoch that was ever in force.
    public Map<ShardId, Map<LeaderEpoch, Incarnation>> leaders() {
        return leaders;
    }

    /// Every incarnation that was ever announced.
    public Set<Incarnation> announced() {
        return announced;
    }

    /// Topics whose records are, or were, cleaned by key.
    public Set<Uuid> cleaned() {
        return cleaned;
    }

    public List<Death> deaths() {
        return deaths;
    }
}
