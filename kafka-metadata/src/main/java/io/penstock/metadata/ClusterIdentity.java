// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.nio.ByteBuffer;

/// What the object `cluster` says: whose prefix this is. Written once, before anything else, and never changed.
///
/// @param clusterId as clients see it
/// @param tenantId whose cluster it is
/// @param shards fixed for the cluster's life
/// @param createdAtMillis wall clock of the creator; for people only
public record ClusterIdentity(String clusterId, String tenantId, int shards, long createdAtMillis) {
    /// `PSCI`: Penstock cluster identity.
    static final int MAGIC = 0x50534349;

    static final int VERSION = 1;

    public ClusterIdentity {
        if (clusterId.isBlank() || tenantId.isBlank()) {
            throw new IllegalArgumentException("a cluster and its tenant have ids");
        }
        if (shards < 1 || shards > ClusterSettings.MAX_SHARDS) {
            throw new IllegalArgumentException("shards are 1 to " + ClusterSettings.MAX_SHARDS + ", not " + shards);
        }
    }

    /// The bytes to put, if absent, under [MetaKeys#cluster()].
    public byte[] encode() {
        ByteSink header = new ByteSink().text(clusterId);
        ByteSink body = new ByteSink().text(tenantId).i32(shards).i64(createdAtMillis);
        return Frame.write(MAGIC, VERSION, header, body);
    }

    public static ClusterIdentity decode(ByteBuffer bytes) throws MetadataFormatException {
        Frame frame = Frame.read(MAGIC, VERSION, bytes, "cluster identity");
        String clusterId = frame.header().text();
        frame.header().end();
        ByteSource body = frame.body();
        String tenantId = body.text();
        int shards = body.i32();
        long createdAtMillis = body.i64();
        body.end();
        try {
            return new ClusterIdentity(clusterId, tenantId, shards, createdAtMillis);
        } catch (IllegalArgumentException e) {
            throw body.damaged(String.valueOf(e.getMessage()));
        }
    }
}
