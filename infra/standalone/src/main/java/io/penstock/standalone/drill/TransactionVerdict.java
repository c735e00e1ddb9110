// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What readers of committed records found of a consume-transform-produce application, which wrote every record that it
/// read to two topics in one transaction. Pure.
///
/// @param lost inputs that were acknowledged and stand in neither output
/// @param duplicated surplus copies of an input in one output
/// @param torn inputs that stand in one output only
/// @param abortedRead records of a transaction whose abort succeeded
/// @param uncommitted transactions whose commit succeeded, of which not one record is to be read
record TransactionVerdict(long committed, long lost, long duplicated, long torn, long abortedRead, long uncommitted) {

    /// One input.
    record Input(int partition, int record) {}

    /// One record of an output.
    ///
    /// @param transaction that wrote it
    record Output(Input input, int transaction) {}

    /// @param acknowledged inputs
    /// @param outputs of both topics, as readers of committed records saw them
    /// @param aborted transactions whose abort succeeded
    /// @param committed transactions whose commit succeeded, with one record at least
    static TransactionVerdict of(
            Set<Input> acknowledged, List<List<Output>> outputs, Set<Integer> aborted, Set<Integer> committed) {
        long duplicated = 0;
        long abortedRead = 0;
        Set<Integer> seen = new HashSet<>();
        Map<Input, Integer> topicsOf = new HashMap<>();
        for (List<Output> output : outputs) {
            Set<Input> inThis = new HashSet<>();
            for (Output record : output) {
                seen.add(record.transaction());
                if (aborted.contains(record.transaction())) {
                    abortedRead++;
                }
                if (inThis.add(record.input())) {
                    topicsOf.merge(record.input(), 1, Integer::sum);
                } else {
                    duplicated++;
                }
            }
        }
        long torn = topicsOf.values().stream()
                .filter(topics -> topics != outputs.size())
                .count();
        long lost = acknowledged.stream()
                .filter(input -> !topicsOf.containsKey(input))
                .count();
        long uncommitted = committed.stream()
                .filter(transaction -> !seen.contains(transaction))
                .count();
        return new TransactionVerdict(topicsOf.size(), lost, duplicated, torn, abortedRead, uncommitted);
    }

    boolean clean() {
        return lost == 0 && duplicated == 0 && torn == 0 && abortedRead == 0 && uncommitted == 0;
    }
}
