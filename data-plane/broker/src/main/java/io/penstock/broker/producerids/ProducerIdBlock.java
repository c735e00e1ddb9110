// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.producerids;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The bytes of a claimed block: what makes two claims of one block differ, so that a claimer knows its own.
///
/// | bytes | what |
/// |---|---|
/// | 4 | magic `PNPI` |
/// | 2 | format version, 1 |
/// | 2 | zero |
/// | 8 | number of the block |
/// | 8 | first id |
/// | 4 | how many ids |
/// | 4 | node id of the claimer, for people |
/// | 16 | nonce |
/// | 4 | CRC32C of all before |
final class ProducerIdBlock {
    private static final int MAGIC = 0x504E5049;
    private static final short VERSION = 1;
    private static final int SIZE = 52;

    private ProducerIdBlock() {}

    static ByteBuffer encode(long number, int nodeId, long nonceHigh, long nonceLow) {
        ByteBuffer bytes = ByteBuffer.allocate(SIZE);
        bytes.putInt(MAGIC).putShort(VERSION).putShort((short) 0).putLong(number);
        bytes.putLong(Math.multiplyExact(number, (long) ProducerIds.BLOCK)).putInt(ProducerIds.BLOCK);
        bytes.putInt(nodeId).putLong(nonceHigh).putLong(nonceLow);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, bytes.position());
        return bytes.putInt((int) crc.getValue()).flip().asReadOnlyBuffer();
    }
}
