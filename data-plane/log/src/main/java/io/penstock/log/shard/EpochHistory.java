// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.format.ShardManifest.EpochStartOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which leader epochs have records in a partition, and where each begins. Pure.
final class EpochHistory {
    private int[] epochs = new int[1];
    private long[] starts = new long[1];
    private int size;

    /// A batch of this epoch was appended at this offset. Epochs never go back.
    void appended(int epoch, long offset) {
        if (size > 0 && epochs[size - 1] >= epoch) {
            if (epochs[size - 1] > epoch) {
                throw new IllegalStateException("epoch " + epoch + " after epoch " + epochs[size - 1]);
            }
            return;
        }
        if (size == epochs.length) {
            epochs = Arrays.copyOf(epochs, size + 2);
            starts = Arrays.copyOf(starts, size + 2);
        }
        epochs[size] = epoch;
        starts[size] = offset;
        size++;
    }

    /// The answer to OffsetForLeaderEpoch (KIP-320): an epoch, and one beyond its last offset.
    record End(int epoch, long endOffset) {}

    /// Never "undefined" for an epoch that was assigned: Java consumers would reset.
    ///
    /// @param end one beyond the partition's last offset that may be told
    End endOf(int asked, long end) {
        if (size == 0) {
            return new End(asked, end);
        }
        int at = Arrays.binarySearch(epochs, 0, size, asked);
        int found = at >= 0 ? at : -at - 2;
        if (found < 0) {
            return new End(asked, Math.min(starts[0], end));
        }
        long next = found + 1 < size ? starts[found + 1] : end;
        return new End(epochs[found], Math.min(next, end));
    }

    /// Epoch of the record at the offset; −1 if there is none at or below it.
    int epochAt(long offset) {
        int at = Arrays.binarySearch(starts, 0, size, offset);
        int found = at >= 0 ? at : -at - 2;
        return found < 0 ? -1 : epochs[found];
    }

    /// Forgets epochs whose records are all below the offset, but never the newest.
    void trim(long logStart) {
        int gone = 0;
        while (gone + 1 < size && starts[gone + 1] <= logStart) {
            gone++;
        }
        if (gone > 0) {
            epochs = Arrays.copyOfRange(epochs, gone, size);
            starts = Arrays.copyOfRange(starts, gone, size);
            size -= gone;
        }
    }

    List<EpochStartOffset> asList() {
        List<EpochStartOffset> list = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            list.add(new EpochStartOffset(epochs[i], starts[i]));
        }
        return list;
    }
}
