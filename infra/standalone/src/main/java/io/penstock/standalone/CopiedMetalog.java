// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.log.copy.MetalogView;
import io.penstock.metadata.BrokenChainException;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.EncodedEntry;
import io.penstock.metadata.MetadataFormatException;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.MetaKeys;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;

/// Reads a metalog entry by entry, each of which must follow the one before, as far as it goes at every call.
final class CopiedMetalog implements Supplier<MetalogView> {
    private static final int READ_AHEAD = 32;
    private static final int ATTEMPTS = 8;

    private final ObjectStore store;
    private final MetaKeys keys;
    private ClusterImage image = ClusterImage.EMPTY;

    CopiedMetalog(ObjectStore store, MetaKeys keys) {
        this.store = store;
        this.keys = keys;
    }

    @Override
    public MetalogView get() {
        int ahead = image.number() == 0 ? READ_AHEAD : 1;
        while (readOn(ahead)) {
            ahead = READ_AHEAD;
        }
        return view();
    }

    /// @return whether all that was asked for was there
    private boolean readOn(int ahead) {
        List<CompletableFuture<GetOutcome>> asked = new ArrayList<>();
        for (int i = 1; i <= ahead; i++) {
            asked.add(store.get(keys.entry(image.number() + i)));
        }
        for (CompletableFuture<GetOutcome> answer : asked) {
            Optional<EncodedEntry> entry = entry(image.number() + 1, answer);
            if (entry.isEmpty()) {
                return false;
            }
            apply(entry.get());
        }
        return true;
    }

    private Optional<EncodedEntry> entry(int number, CompletableFuture<GetOutcome> asked) {
        CompletableFuture<GetOutcome> answer = asked;
        for (int attempt = 1; ; attempt++) {
            switch (answer.join()) {
                case GetOutcome.Found found -> {
                    return Optional.of(EncodedEntry.of(number, found.bytes()));
                }
                case GetOutcome.Absent _ -> {
                    return Optional.empty();
                }
                case GetOutcome.Failed(Throwable cause) -> {
                    if (attempt == ATTEMPTS) {
                        throw new Trouble(Trouble.TRY_AGAIN, "the store does not answer: " + cause.getMessage());
                    }
                    answer = store.get(keys.entry(number));
                }
            }
        }
    }

    private void apply(EncodedEntry entry) {
        try {
            image = image.apply(entry).after();
        } catch (BrokenChainException | MetadataFormatException e) {
            throw new Trouble(
                    Trouble.DATA, "metalog entry " + entry.number() + " of " + keys.prefix() + ": " + e.getMessage());
        }
    }

    private MetalogView view() {
        Map<ShardId, LeaderEpoch> oldest = new HashMap<>();
        for (int number = 0; number < image.shards().count(); number++) {
            ShardId shard = new ShardId(number);
            image.shards().history(shard).stream().findFirst().ifPresent(tenure -> oldest.put(shard, tenure.epoch()));
        }
        Map<Uuid, String> topics = new HashMap<>();
        image.kafka().topics().topicsById().forEach((id, topic) -> topics.put(id, topic.name()));
        return new MetalogView(
                image.number(),
                image.shards().count(),
                oldest,
                image.shards().incarnations().keySet(),
                topics);
    }
}
