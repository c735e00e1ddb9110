// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/// The frozen bytes of a metalog entry: what lies in the outbox, in the bucket, and travels to brokers.
///
/// Two encoded entries are the same entry exactly if number and bytes are equal. Nothing is promised about whether
/// the bytes can be read: [MetalogCodec#decode] tells.
public final class EncodedEntry {
    private final int number;
    private final byte[] bytes;
    private final long checksum;

    private EncodedEntry(int number, byte[] bytes) {
        if (number < 1) {
            throw new IllegalArgumentException("metalog entries count from 1, not " + number);
        }
        this.number = number;
        this.bytes = bytes;
        this.checksum = checksumOf(bytes);
    }

    /// @param bytes copied
    public static EncodedEntry of(int number, byte[] bytes) {
        return new EncodedEntry(number, bytes.clone());
    }

    /// @param bytes copied; the buffer's position is left alone
    public static EncodedEntry of(int number, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return new EncodedEntry(number, copy);
    }

    public int number() {
        return number;
    }

    /// What the next entry names as its predecessor: the first 64 bits of SHA-256 over the bytes.
    ///
    /// Not a CRC: the CRC of bytes that end with their own CRC is always the same.
    public long checksum() {
        return checksum;
    }

    public int size() {
        return bytes.length;
    }

    /// A copy.
    public byte[] bytes() {
        return bytes.clone();
    }

    /// A read-only view.
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    boolean hasBytes(ByteBuffer other) {
        return ByteBuffer.wrap(bytes).equals(other);
    }

    private static long checksumOf(byte[] bytes) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(bytes))
                    .getLong();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedEntry that && number == that.number && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return 31 * number + Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "entry %d (%d bytes, checksum %016x)".formatted(number, bytes.length, checksum);
    }
}
