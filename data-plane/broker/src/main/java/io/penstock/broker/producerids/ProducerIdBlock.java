// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.producerids;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The bytes of a claimed block: what makes two claims of one block differ, so that a claimer knows its own.
///
/// | bytes | what |
/// |---|---|
/// | 4 | magic `PSPI` |
/// | 2 | format version, 1 |
/// | 2 | key id, 0: not encrypted |
/// | 8 | number of the block |
/// | 8 | first id |
/// | 4 | how many ids |
/// | 4 | node id of the claimer, for people |
/// | 16 | nonce |
/// | 4 | CRC32C of all before |
final class ProducerIdBlock {
    private static final int MAGIC = 0x50535049;
    private static final short VERSION = 1;
    private static final short NO_KEY = 0;
    private static final int SIZE = 52;

    private ProducerIdBlock() {}

    static ByteBuffer encode(long number, int nodeId, long nonceHigh, long nonceLow) {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        bytes.putInt(MAGIC).putShort(VERSION).putShort(NO_KEY).putLong(number);
        bytes.putLong(Math.multiplyExact(number, (long) ProducerIds.BLOCK)).putInt(ProducerIds.BLOCK);
        bytes.putInt(nodeId).putLong(nonceHigh).putLong(nonceLow);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, bytes.position());
        return bytes.putInt((int) crc.getValue()).flip().asReadOnlyBuffer();
    }
}
