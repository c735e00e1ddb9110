// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.console.clusters.ClustersPicture.Line;
import io.penstock.console.clusters.Happening.Kind;
import io.penstock.console.clusters.Overview.Brokers;
import io.penstock.console.clusters.Overview.ClusterOfTenant;
import io.penstock.console.gateway.PenstockGateway.Cluster;
import io.penstock.console.gateway.PenstockGateway.Share;
import io.penstock.console.gateway.PenstockGateway.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ClustersPictureTest {
    private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void theFirstPictureHighlightsNothing() {
        var picture = ClustersPicture.first(overview(led(0, 8, 1, 8)), T0);

        assertThat(lines(picture)).containsExactly(line(0, 8, 0), line(1, 8, 0));
        assertThat(picture.happenings()).isEmpty();
    }

    @Test
    void aFailoverShowsWhoIsGoneAndWhoTookOver() {
        var picture = ClustersPicture.first(overview(led(0, 6, 1, 5, 2, 5)), T0)
                .then(overview(led(0, 8, 1, 8)), T0.plusSeconds(1));

        assertThat(lines(picture))
                .containsExactly(line(0, 8, 2), line(1, 8, 3), new Line(2, "127.0.0.1:9094", "", 0, -5, true));
        assertThat(told(picture))
                .containsExactly("Shards led: node 0 +2, node 1 +3", "Node 2 is gone; it led 5 shards");
    }

    @Test
    void shardsInBetweenAreCountedAsLedByNobody() {
        var first = ClustersPicture.first(overview(led(0, 6, 1, 5, 2, 5)), T0);

        var between = first.then(overview(led(0, 6, 1, 5)), T0.plusSeconds(1));
        var after = between.then(overview(led(0, 8, 1, 8)), T0.plusSeconds(2));

        assertThat(told(between)).startsWith("5 shards without a leader");
        assertThat(told(after)).startsWith("Every shard has a leader again");
        assertThat(lines(after)).contains(line(0, 8, 2), line(1, 8, 3));
    }

    @Test
    void highlightsFadeAndWhoIsGoneGoes() {
        var later = T0.plusSeconds(1).plus(ClustersPicture.HIGHLIGHT);
        var picture = ClustersPicture.first(overview(led(0, 8, 1, 8)), T0)
                .then(overview(led(0, 16)), T0.plusSeconds(1))
                .then(overview(led(0, 16)), later);

        assertThat(lines(picture)).containsExactly(line(0, 16, 0));
        assertThat(told(picture)).contains("Node 1 is gone; it led 8 shards");
    }

    @Test
    void aBrokerThatComesAndTakesItsShareIsTold() {
        var picture = ClustersPicture.first(overview(led(0, 16)), T0).then(overview(led(0, 8, 3, 8)), T0);

        assertThat(told(picture)).containsExactly("Shards led: node 0 −8, node 3 +8", "Node 3 came");
    }

    @Test
    void aClusterThatIsNewHasNoPast() {
        var picture = ClustersPicture.first(new Overview(List.of(), new Brokers.Listed(List.of())), T0)
                .then(overview(led(0, 16)), T0);

        assertThat(picture.happenings()).isEmpty();
        assertThat(lines(picture)).containsExactly(line(0, 16, 0));
    }

    @Test
    void nothingNewMakesAnEqualCard() {
        var before = ClustersPicture.first(overview(led(0, 16)), T0);
        var after = before.then(overview(led(0, 16)), T0.plusSeconds(1));

        assertThat(after.card(after.overview().clusters().getFirst()))
                .isEqualTo(before.card(before.overview().clusters().getFirst()));
    }

    @Test
    void aPhaseThatChangesIsToldWithBothWords() {
        var happenings = Happening.between(cluster("READY", led(0, 16)), cluster("DEGRADED", led(0, 16)), T0);

        assertThat(happenings).containsExactly(new Happening(T0, "kc_1", Kind.PHASE_CHANGED, "Phase ready → degraded"));
    }

    @Test
    void agesAreCoarse() {
        assertThat(ClustersPicture.ago(Duration.ofSeconds(3))).isEqualTo("just now");
        assertThat(ClustersPicture.ago(Duration.ofSeconds(33))).isEqualTo("30 s ago");
        assertThat(ClustersPicture.ago(Duration.ofSeconds(119))).isEqualTo("1 min ago");
        assertThat(ClustersPicture.ago(Duration.ofHours(5))).isEqualTo("5 h ago");
    }

    private static List<Line> lines(ClustersPicture picture) {
        return picture.lines(picture.overview().clusters().getFirst().cluster());
    }

    private static List<String> told(ClustersPicture picture) {
        return picture.happenings().stream().map(Happening::text).toList();
    }

    private static Line line(int node, int led, int change) {
        return new Line(node, "127.0.0.1:" + (9092 + node), "", led, change, false);
    }

    private static Map<Integer, Integer> led(int... nodesAndShards) {
        Map<Integer, Integer> led = new TreeMap<>();
        for (int i = 0; i < nodesAndShards.length; i += 2) {
            led.put(nodesAndShards[i], nodesAndShards[i + 1]);
        }
        return led;
    }

    private static Overview overview(Map<Integer, Integer> led) {
        return new Overview(List.of(new ClusterOfTenant(cluster("READY", led), "demo")), new Brokers.Listed(List.of()));
    }

    private static Cluster cluster(String phase, Map<Integer, Integer> led) {
        var shares = led.entrySet().stream()
                .map(share -> new Share(share.getKey(), "127.0.0.1:" + (9092 + share.getKey()), "", share.getValue()))
                .toList();
        return new Cluster(
                "kc_1", "orders", "tn_1", phase, "", "BALANCED", "", new Store("Healthy", ""), 16, 0, shares);
    }
}
