// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.junit.jupiter.api.Test;

class ConfigsTest {

    @Test
    void topicsHaveKafkasSettingsWithKafkasDefaults() {
        assertThat(TopicConfigs.definitions())
                .extracting(ConfigDefinition::name)
                .containsExactlyElementsOf(
                        LogConfig.nonInternalConfigNames().stream().sorted().toList());
        assertThat(valueOf(TopicConfigs.describe(Map.of()), "retention.ms"))
                .isEqualTo(new Value("604800000", ConfigValue.Source.DEFAULT));
        assertThat(valueOf(TopicConfigs.describe(Map.of("retention.ms", "7")), "retention.ms"))
                .isEqualTo(new Value("7", ConfigValue.Source.SET));
        assertThat(TopicConfigs.definitions()).allSatisfy(definition -> {
            assertThat(definition.documentation()).isNotBlank();
            assertThat(definition.defaultValue()).isPresent();
        });
    }

    @Test
    void whatHasNoEffectIsListedByName() {
        assertThat(TopicConfigs.withoutEffect()).hasSize(16).isSubsetOf(LogConfig.configNames());
        assertThat(TopicConfigs.definitions().stream()
                        .filter(ConfigDefinition::inEffect)
                        .map(ConfigDefinition::name))
                .containsExactlyInAnyOrder(
                        "cleanup.policy",
                        "compression.gzip.level",
                        "compression.lz4.level",
                        "compression.type",
                        "compression.zstd.level",
                        "delete.retention.ms",
                        "max.compaction.lag.ms",
                        "max.message.bytes",
                        "message.timestamp.after.max.ms",
                        "message.timestamp.before.max.ms",
                        "message.timestamp.type",
                        "min.cleanable.dirty.ratio",
                        "min.compaction.lag.ms",
                        "retention.bytes",
                        "retention.ms",
                        "segment.bytes",
                        "segment.ms");
    }

    @Test
    void aProblemNamesTheConfigAndWhatIsAllowed() {
        assertProblem(TopicConfigs.check(Map.of("retention.ms", "-5")), "retention.ms", "[-1,...]");
        assertProblem(TopicConfigs.check(Map.of("retention.ms", "soon")), "retention.ms", "a whole number");
        assertProblem(TopicConfigs.check(Map.of("cleanup.policy", "shred")), "cleanup.policy", "[compact, delete]");
        assertProblem(TopicConfigs.check(Map.of("preallocate", "maybe")), "preallocate", "true or false");
        assertProblem(TopicConfigs.check(Map.of("retention", "5")), "retention", "Known are: cleanup.policy");
        assertProblem(
                TopicConfigs.check(Map.of("min.compaction.lag.ms", "10", "max.compaction.lag.ms", "5")),
                "max.compaction.lag.ms",
                "min.compaction.lag.ms (10) > max.compaction.lag.ms (5)");
        assertProblem(
                GroupConfigs.check(Map.of("consumer.session.timeout.ms", "5")),
                "consumer.session.timeout.ms",
                "group.consumer.min.session.timeout.ms");
        assertProblem(
                GroupConfigs.check(Map.of("share.isolation.level", "dirty")),
                "share.isolation.level",
                "read_committed");
        assertProblem(GroupConfigs.check(Map.of("nonsense", "5")), "nonsense", "consumer.session.timeout.ms");
    }

    private static void assertProblem(List<ConfigProblem> problems, String name, String message) {
        assertThat(problems).singleElement().satisfies(problem -> {
            assertThat(problem.name()).isEqualTo(name);
            assertThat(problem.message()).contains(name).contains(message);
        });
    }

    @Test
    void goodSettingsAreAccepted() {
        assertThat(TopicConfigs.check(Map.of(
                        "cleanup.policy", "compact,delete",
                        "retention.ms", "-1",
                        "min.insync.replicas", "2",
                        "segment.bytes", "1048576",
                        "remote.storage.enable", "false")))
                .isEmpty();
        assertThat(TopicConfigs.check(Map.of("remote.storage.enable", "true"))).isEmpty();
        assertThat(GroupConfigs.check(Map.of("consumer.session.timeout.ms", "50000")))
                .isEmpty();
        assertThat(TopicConfigs.logConfig(Map.of("cleanup.policy", "compact")).compact)
                .isTrue();
    }

    @Test
    void changesAreAppliedToWhatIsSet() {
        ConfigPlan plan = TopicConfigs.plan(
                Map.of("retention.ms", "5", "segment.ms", "9", "cleanup.policy", "delete"),
                List.of(
                        set("retention.ms", "6"),
                        new ConfigChange(ConfigChange.Operation.DELETE, "segment.ms", Optional.empty()),
                        new ConfigChange(ConfigChange.Operation.APPEND, "cleanup.policy", Optional.of("compact"))));

        assertThat(plan)
                .isEqualTo(new ConfigPlan.Accepted(
                        Map.of(
                                "retention.ms", Optional.of("6"),
                                "segment.ms", Optional.empty(),
                                "cleanup.policy", Optional.of("delete,compact")),
                        Map.of("retention.ms", "6", "cleanup.policy", "delete,compact")));
    }

    @Test
    void aListThatWasNeverSetStartsFromItsDefault() {
        ConfigPlan appended = TopicConfigs.plan(
                Map.of(),
                List.of(new ConfigChange(ConfigChange.Operation.APPEND, "cleanup.policy", Optional.of("compact"))));
        assertThat(appended)
                .isInstanceOfSatisfying(
                        ConfigPlan.Accepted.class,
                        accepted -> assertThat(accepted.result()).containsEntry("cleanup.policy", "delete,compact"));
    }

    @Test
    void changesThatChangeNothingAreNoChanges() {
        assertThat(TopicConfigs.plan(Map.of("retention.ms", "5"), List.of(set("retention.ms", "5"))))
                .isEqualTo(new ConfigPlan.Accepted(Map.of(), Map.of("retention.ms", "5")));
    }

    @Test
    void badChangesAreRefusedAsAWhole() {
        assertRefused("twice", set("retention.ms", "5"), set("retention.ms", "6"));
        assertRefused("no list", new ConfigChange(ConfigChange.Operation.APPEND, "retention.ms", Optional.of("5")));
        assertRefused("needs a value", new ConfigChange(ConfigChange.Operation.SET, "retention.ms", Optional.empty()));
        assertRefused("no topic config", new ConfigChange(ConfigChange.Operation.DELETE, "x", Optional.empty()));
        assertRefused("no topic config", set("x", "5"), set("retention.ms", "5"));
        assertRefused("conflict", set("max.compaction.lag.ms", "5"), set("min.compaction.lag.ms", "10"));
    }

    private static ConfigChange set(String name, String value) {
        return new ConfigChange(ConfigChange.Operation.SET, name, Optional.of(value));
    }

    private static void assertRefused(String why, ConfigChange... changes) {
        assertThat(TopicConfigs.plan(Map.of(), List.of(changes)))
                .isInstanceOfSatisfying(
                        ConfigPlan.Refused.class,
                        refused -> assertThat(refused.problems())
                                .singleElement()
                                .satisfies(
                                        problem -> assertThat(problem.message()).contains(why)));
    }

    @Test
    void aBrokerTellsWhatTheClusterWasSetUpWith() {
        List<ConfigValue> values =
                BrokerConfigs.describe(ClusterSettings.defaults("orders"), ACluster.endpoint(2), "PLAINTEXT");

        assertThat(valueOf(values, "node.id")).isEqualTo(new Value("2", ConfigValue.Source.CLUSTER));
        assertThat(valueOf(values, "advertised.listeners").text()).isEqualTo("PLAINTEXT://broker-2:9092");
        assertThat(valueOf(values, "auto.create.topics.enable").text()).isEqualTo("true");
        assertThat(valueOf(values, "delete.topic.enable")).isEqualTo(new Value("true", ConfigValue.Source.DEFAULT));
        assertThat(valueOf(values, "offsets.topic.num.partitions").text()).isEqualTo("50");
        assertThat(values).extracting(value -> value.definition().name()).doesNotContain("log.dirs");
        assertThat(values).hasSizeGreaterThan(100);
    }

    @Test
    void typesAreTold() {
        assertThat(TopicConfigs.definitions())
                .filteredOn(definition -> definition.name().equals("cleanup.policy"))
                .singleElement()
                .extracting(ConfigDefinition::type)
                .isEqualTo(ConfigDef.Type.LIST);
    }

    private record Value(String text, ConfigValue.Source source) {}

    private static Value valueOf(List<ConfigValue> values, String name) {
        return values.stream()
                .filter(value -> value.definition().name().equals(name))
                .map(value -> new Value(value.value().orElse("none"), value.source()))
                .findFirst()
                .orElseThrow();
    }
}
