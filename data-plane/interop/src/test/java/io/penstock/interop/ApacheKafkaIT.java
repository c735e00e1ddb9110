// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What comes with Apache Kafka, on Penstock as on Apache Kafka itself: its tools, Streams, Connect, MirrorMaker.
@ExtendWith(Sides.class)
class ApacheKafkaIT {
    private final KafkaDistribution kafka;

    ApacheKafkaIT() throws Exception {
        kafka = new KafkaDistribution();
    }

    @BeforeAll
    static void onlyWithAll() {
        Programs.onlyWithAll();
    }

    @Test
    void commandLineTools(Sides.Pair pair) throws Exception {
        List<String> here = pair.judge("Kafka's tools", side -> kafka.tell("Tools.java", side, "tools"));

        assertThat(here)
                .contains(
                        "topics --create: Created topic tools-topic.",
                        "console-producer: ",
                        "get-offsets: tools-perf:0:1000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"classic", "streams"})
    void streamsExactlyOnce(String protocol, Sides.Pair pair) throws Exception {
        List<String> here = pair.judge(
                "Kafka Streams, protocol " + protocol,
                side -> kafka.tell("StreamsApp.java", side, "streams", protocol));

        assertThat(here)
                .contains("counted after a restart without a disk: {be=3, do=1, is=2, not=1, or=1, question=1, that=1,"
                        + " the=1, to=4}");
    }

    @Test
    void connectDistributed(Sides.Pair pair) throws Exception {
        List<String> here = pair.judge("Kafka Connect", side -> new ConnectScenario(kafka, side).all());

        assertThat(here)
                .contains("sink after a worker was killed: [one, two, three, four, five]", "source: RUNNING [RUNNING]");
    }

    /// Both ways at once: what arrives is judged like two sides of a script.
    @Test
    void mirrorMaker(Sides.Pair pair) throws Exception {
        try (MirrorScenario mirror = new MirrorScenario(kafka, pair.penstock(), pair.apache())) {
            List<String> fromPenstock = mirror.carried(pair.penstock(), pair.apache());
            List<String> toPenstock = mirror.carried(pair.apache(), pair.penstock());

            Differences.judge("MirrorMaker 2", fromPenstock, toPenstock);
            assertThat(toPenstock).contains("records: 100", "offsets of the group: 100");
        }
    }
}
