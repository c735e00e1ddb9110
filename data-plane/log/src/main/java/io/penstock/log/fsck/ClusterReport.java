// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a check of one cluster's prefix found.
///
/// @param metalogEntry the last entry of the metalog that was taken into account
/// @param wals how far every WAL was followed
/// @param shards which version of every manifest was taken
/// @param objects that were read and checked
/// @param bytes of these
/// @param records counted in segments and WALs; those that are in both count twice
/// @param findings the first thousand damages
/// @param moreFindings how many more there are
/// @param remarks what is no damage, and worth knowing
/// @param unchecked why not everything could be checked; empty if it was
public record ClusterReport(
        String cluster,
        Instant startedAt,
        Instant endedAt,
        int metalogEntry,
        List<WalCovered> wals,
        List<ShardCovered> shards,
        long objects,
        long bytes,
        long records,
        long partitions,
        List<Finding> findings,
        long moreFindings,
        List<String> remarks,
        Optional<String> unchecked) {
    public ClusterReport {
        wals = List.copyOf(wals);
        shards = List.copyOf(shards);
        findings = List.copyOf(findings);
        remarks = List.copyOf(remarks);
    }

    /// One generation of a WAL.
    ///
    /// @param floor the lowest slot that may exist
    /// @param checkedBelow slots below it are all there, or collected
    /// @param sealed whether a seal stands at `checkedBelow`; else its writer may go on there
    public record WalCovered(String incarnation, int generation, long floor, long checkedBelow, boolean sealed) {}

    /// A shard that has a manifest.
    ///
    /// @param end sum of the ends of its partitions: offsets that are accounted for
    public record ShardCovered(int shard, int leaderEpoch, long manifestVersion, int partitions, long end) {}

    /// Nothing is damaged, and nothing was left out.
    public boolean whole() {
        return findings.isEmpty() && unchecked.isEmpty();
    }

    /// 0: whole. 1: damaged. 2: could not be checked.
    public int exitCode() {
        return !findings.isEmpty() ? 1 : unchecked.isPresent() ? 2 : 0;
    }

    /// The same check with what was found beside the log.
    public ClusterReport with(List<Finding> others, List<String> otherRemarks) {
        List<Finding> allFindings = new ArrayList<>(others);
        allFindings.addAll(findings);
        List<String> allRemarks = new ArrayList<>(otherRemarks);
        allRemarks.addAll(remarks);
        return new ClusterReport(
                cluster,
                startedAt,
                endedAt,
                metalogEntry,
                wals,
                shards,
                objects,
                bytes,
                records,
                partitions,
                allFindings,
                moreFindings,
                allRemarks,
                unchecked);
    }
}
