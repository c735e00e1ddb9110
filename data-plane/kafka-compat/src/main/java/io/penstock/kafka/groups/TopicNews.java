// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.groups;

import java.util.Collection;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.PartitionChangeRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;

/// Changes of metadata as Kafka's group coordinator is to see them, where that is not how they came about.
///
/// It deletes the offsets that groups have committed for a topic as soon as it hears of the topic's deletion. A topic
/// that can be restored is only *touched*: groups that read it look at their subscriptions anew and find it gone, and
/// their offsets wait for its return.
final class TopicNews {
    private TopicNews() {}

    /// Something is new about these topics.
    ///
    /// @param base has all of them
    static MetadataDelta touched(MetadataImage base, Collection<Uuid> topics) {
        MetadataDelta delta = new MetadataDelta.Builder().setImage(base).build();
        for (Uuid topic : topics) {
            delta.replay(new PartitionChangeRecord().setTopicId(topic).setPartitionId(0));
        }
        return delta;
    }

    /// The topic is deleted, for good.
    static MetadataDelta removed(Uuid id, String name) {
        MetadataDelta creation =
                new MetadataDelta.Builder().setImage(MetadataImage.EMPTY).build();
        creation.replay(new TopicRecord().setTopicId(id).setName(name));
        MetadataDelta delta = new MetadataDelta.Builder()
                .setImage(creation.apply(MetadataProvenance.EMPTY))
                .build();
        delta.replay(new RemoveTopicRecord().setTopicId(id));
        return delta;
    }
}
