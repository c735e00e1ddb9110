// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.WalSlot;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a key below a cluster's prefix names: `io.penstock.objectstore.layout`, read backwards.
sealed interface ObjectName {
    record SlotAt(WalSlot slot) implements ObjectName {}

    record FloorOf(Incarnation incarnation, int generation) implements ObjectName {}

    record Manifest(int shard) implements ObjectName {}

    record Snapshot(int shard) implements ObjectName {}

    record PageOfParts(int shard) implements ObjectName {}

    record Segment(int shard) implements ObjectName {}

    /// A block of producer ids.
    record ProducerIds(long number) implements ObjectName {}

    /// Identity, metalog entries and their snapshots: not the log's.
    record Meta() implements ObjectName {}

    /// What a broker that starts puts and deletes.
    record Canary() implements ObjectName {}

    /// Nothing that belongs here.
    record Foreign() implements ObjectName {}

    Pattern KEY = Pattern.compile("(?<slot>wal/([0-9a-f]{32})/(0|[1-9][0-9]{0,8})/(0[0-9]{18}))"
            + "|(?<floor>floor/([0-9a-f]{32})/(0|[1-9][0-9]{0,8}))"
            + "|(?<manifest>shard/(0|[1-9][0-9]{0,8}))"
            + "|(?<snapshot>producers/(0|[1-9][0-9]{0,8})/[^/]+)"
            + "|(?<segment>segment/(0|[1-9][0-9]{0,8})-[^/]+)"
            + "|(?<pid>pid/(0[0-9]{18}))"
            + "|(?<page>parts/(0|[1-9][0-9]{0,8})-[^/]+)"
            + "|(?<canary>canary/[0-9a-f]{32})"
            + "|(?<meta>cluster|(meta|meta-snapshot)/0[0-9]{18})");

    static ObjectName of(ClusterPrefix prefix, ObjectKey key) {
        Matcher matcher = KEY.matcher(key.value().substring(prefix.value().length() + 1));
        if (!matcher.matches()) {
            return new Foreign();
        }
        if (matcher.group("slot") != null) {
            return new SlotAt(new WalSlot(
                    Incarnation.parse(matcher.group(2)),
                    Integer.parseInt(matcher.group(3)),
                    Long.parseLong(matcher.group(4))));
        }
        if (matcher.group("floor") != null) {
            return new FloorOf(Incarnation.parse(matcher.group(6)), Integer.parseInt(matcher.group(7)));
        }
        if (matcher.group("manifest") != null) {
            return new Manifest(Integer.parseInt(matcher.group(9)));
        }
        if (matcher.group("snapshot") != null) {
            return new Snapshot(Integer.parseInt(matcher.group(11)));
        }
        if (matcher.group("segment") != null) {
            return new Segment(Integer.parseInt(matcher.group(13)));
        }
        if (matcher.group("page") != null) {
            return new PageOfParts(Integer.parseInt(matcher.group(17)));
        }
        if (matcher.group("canary") != null) {
            return new Canary();
        }
        return matcher.group("pid") != null ? new ProducerIds(Long.parseLong(matcher.group(15))) : new Meta();
    }
}
