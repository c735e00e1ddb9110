// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop.differential;

import java.util.SplittableRandom;
import org.apache.kafka.common.protocol.ApiKeys;

/// What one request is mostly about: who is asked follows from it.
///
/// @param member which of the group's members asks
/// @param sober whether the client mostly makes sense
record Focus(
        ApiKeys api,
        short version,
        String topic,
        int partition,
        String group,
        int member,
        String transaction,
        RecordsMaker.Writer writer,
        boolean sober) {
    static Focus of(Names names, SplittableRandom random) {
        boolean sober = random.nextInt(3) > 0;
        int roll = random.nextInt(12);
        RecordsMaker.Writer[] writers = RecordsMaker.Writer.values();
        return new Focus(
                ApiKeys.API_VERSIONS,
                (short) 0,
                sober ? names.topics().get(roll % 2) : names.topic(random),
                sober ? roll % 3 : roll == 0 ? 99 : roll == 1 ? -1 : roll % 3,
                sober ? names.prefix() + "-g" + roll % 3 : names.group(random),
                random.nextInt(8) == 0 ? 1 : 0,
                sober ? names.prefix() + "-x" + roll % 2 : names.transaction(random),
                writers[random.nextInt(writers.length)],
                sober);
    }

    Focus on(ApiKeys asked, short in) {
        return new Focus(asked, in, topic, partition, group, member, transaction, writer, sober);
    }
}
