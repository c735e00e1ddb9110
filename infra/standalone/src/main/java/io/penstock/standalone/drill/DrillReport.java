// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a drill found; the same for people and, as JSON, for programs.
///
/// @param victims brokers that were hurt, by node id
/// @param partitions of the drill's topic
/// @param topic_created_ms from the request to create the topic to its answer
/// @param all_acknowledged_ms from the first record sent until every partition had acknowledged one
/// @param shards_moved partitions of the drill's topic whose leader epoch grew
/// @param longest_produce_gap_ms longest time in which some partition got no acknowledgement
/// @param time_to_first_produce_ms from the blow to the first acknowledgement, on a moved partition, of a record sent
/// after it; the median of those partitions
/// @param time_to_last_produce_ms the same, for the slowest moved partition
/// @param time_from_return_ms from the control plane's answering again to the first acknowledgement on a moved
/// partition, where a broker died while it was away; the median of those partitions
/// @param time_from_return_slowest_ms the same, for the slowest moved partition
/// @param taken_over_ms from the death of the active control plane until another replica acted, where there was one
/// @param even_after_ms brokers that were asked for → until all of them led as many shards, give or take one
/// @param produce_p50_ms from send to acknowledgement (produce_p99_ms likewise): of a bucket's trouble its time only,
///     else of all the load
/// @param tail_p50_ms from a record's making to the group that reads the end (tail_p99_ms likewise), over all the load
/// @param throttle_ms longest pause that brokers asked the producer for
/// @param retries batches that the producer sent again
/// @param broker_rss_mib most memory that a broker process had; 0 where that is not measured
/// @param fenced_puts slots of an old incarnation that a seal refused, as its log tells
record DrillReport(
        String kind,
        String started_at,
        long duration_ms,
        List<Integer> victims,
        int partitions,
        long topic_created_ms,
        long all_acknowledged_ms,
        int shards_moved,
        boolean victim_coordinated_group,
        long sent,
        long acknowledged,
        long lost,
        long duplicated,
        long out_of_order,
        long damaged,
        long read_by_group,
        long missed_by_group,
        Map<String, Long> produce_errors,
        Map<String, Long> consume_errors,
        long longest_produce_gap_ms,
        @Nullable Long time_to_first_produce_ms,
        @Nullable Long time_to_last_produce_ms,
        @Nullable Long time_from_return_ms,
        @Nullable Long time_from_return_slowest_ms,
        @Nullable Long taken_over_ms,
        Map<Integer, Long> even_after_ms,
        long produce_p50_ms,
        long produce_p99_ms,
        long tail_p50_ms,
        long tail_p99_ms,
        long throttle_ms,
        long retries,
        long broker_rss_mib,
        List<String> fenced_puts,
        List<String> remarks,
        boolean passed) {

    String text() {
        StringBuilder text = new StringBuilder();
        text.append("drill %s  victims %s  partitions moved %d%s%n"
                .formatted(
                        kind,
                        victims,
                        shards_moved,
                        victim_coordinated_group ? "  (coordinator of the group, too)" : ""));
        text.append("  partitions            %,12d created in %,d ms, all acknowledged after %,d ms%n"
                .formatted(partitions, topic_created_ms, all_acknowledged_ms));
        text.append("  acknowledged          %,12d of %,d sent%n".formatted(acknowledged, sent));
        text.append("  lost                  %,12d%n".formatted(lost));
        text.append("  duplicated            %,12d%n".formatted(duplicated));
        text.append("  out of order          %,12d%n".formatted(out_of_order));
        text.append("  damaged               %,12d%n".formatted(damaged));
        text.append("  read by the group     %,12d%s%n"
                .formatted(
                        read_by_group,
                        missed_by_group == 0 ? "" : "  (" + missed_by_group + " acknowledged not seen)"));
        text.append("  longest produce gap   %,12d ms%n".formatted(longest_produce_gap_ms));
        if (time_to_first_produce_ms != null) {
            text.append("  %-21s %,12d ms (median of hurt partitions; slowest %,d ms)%n"
                    .formatted(
                            broker_rss_mib > 0 ? "what waited was gone" : "time to first produce",
                            time_to_first_produce_ms,
                            time_to_last_produce_ms));
        }
        if (time_from_return_ms != null) {
            text.append("  from the return       %,12d ms (of the control plane to the first produce; slowest %,d ms)%n"
                    .formatted(time_from_return_ms, time_from_return_slowest_ms));
        }
        if (taken_over_ms != null) {
            text.append("  taken over after      %,12d ms (by another replica of the control plane)%n"
                    .formatted(taken_over_ms));
        }
        even_after_ms.forEach((brokers, millis) -> text.append(
                "  %,4d brokers are even  %,12d ms after they were asked for%n".formatted(brokers, millis)));
        text.append("  produce               p50 %,d ms, p99 %,d ms; read by the group after p50 %,d ms, p99 %,d ms%n"
                .formatted(produce_p50_ms, produce_p99_ms, tail_p50_ms, tail_p99_ms));
        if (broker_rss_mib > 0) {
            text.append("  in trouble            %,12d batches sent again, asked to pause for up to %,d ms%n"
                    .formatted(retries, throttle_ms));
            text.append("  memory of a broker    %,12d MiB at most%n".formatted(broker_rss_mib));
        }
        if (!produce_errors.isEmpty() || !consume_errors.isEmpty()) {
            text.append("  errors at clients     %s %s%n".formatted(produce_errors, consume_errors));
        }
        fenced_puts.forEach(slot -> text.append("  a seal refused        %s%n".formatted(slot)));
        remarks.forEach(remark -> text.append("  %s%n".formatted(remark)));
        text.append(passed ? "PASSED" : "FAILED");
        return text.toString();
    }
}
