// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

/// What became of what was acknowledged, judged by offset and content. Pure.
///
/// @param acknowledged records whose offset the producer was told
/// @param lost of them, those that are not at that offset with that content
/// @param duplicated records that stand at more than one offset, counted once for each surplus place
/// @param outOfOrder records that stand behind a later one of the same partition
/// @param damaged records with bytes that nobody wrote
record Verdict(long acknowledged, long lost, long duplicated, long outOfOrder, long damaged) {
    static final Verdict NOTHING = new Verdict(0, 0, 0, 0, 0);

    static Verdict of(long[] acknowledgedOffsets, PartitionContent content) {
        int records = acknowledgedOffsets.length;
        for (int i = 0; i < content.size(); i++) {
            records = Math.max(records, content.record(i) + 1);
        }
        int[] places = new int[records];
        boolean[] atItsOffset = new boolean[records];
        long duplicated = 0;
        long outOfOrder = 0;
        int highest = -1;
        for (int i = 0; i < content.size(); i++) {
            int record = content.record(i);
            if (places[record]++ > 0) {
                duplicated++;
            } else if (record < highest) {
                outOfOrder++;
            }
            highest = Math.max(highest, record);
            if (record < acknowledgedOffsets.length && acknowledgedOffsets[record] == content.offset(i)) {
                atItsOffset[record] = true;
            }
        }
        long acknowledged = 0;
        long lost = 0;
        for (int record = 0; record < acknowledgedOffsets.length; record++) {
            if (acknowledgedOffsets[record] >= 0) {
                acknowledged++;
                if (!atItsOffset[record]) {
                    lost++;
                }
            }
        }
        return new Verdict(acknowledged, lost, duplicated, outOfOrder, content.damaged());
    }

    Verdict plus(Verdict other) {
        return new Verdict(
                acknowledged + other.acknowledged,
                lost + other.lost,
                duplicated + other.duplicated,
                outOfOrder + other.outOfOrder,
                damaged + other.damaged);
    }

    boolean clean() {
        return lost == 0 && duplicated == 0 && outOfOrder == 0 && damaged == 0;
    }
}
