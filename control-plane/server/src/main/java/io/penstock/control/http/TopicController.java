// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.CreateRequest;
import io.penstock.api.Metadata;
import io.penstock.api.Phase;
import io.penstock.api.Resource;
import io.penstock.api.ResourceList;
import io.penstock.api.TopicConfig;
import io.penstock.api.TopicPartition;
import io.penstock.api.TopicPartition.PartitionLeader;
import io.penstock.api.TopicSpec;
import io.penstock.api.TopicStatus;
import io.penstock.control.access.Caller;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Page;
import io.penstock.control.topic.DeletedTopicView;
import io.penstock.control.topic.TopicFilter;
import io.penstock.control.topic.TopicService;
import io.penstock.control.topic.TopicView;
import io.penstock.control.topic.TopicWish;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.TopicConfigs;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/// `/v1/clusters/{cluster}/topics`
@RestController
@RequestMapping("/v1/clusters/{cluster}/topics")
class TopicController {
    private static final String KIND = "Topic";
    private static final TopicSpec DEFAULTS = new TopicSpec(null, null, null);

    private final TopicService topics;
    private final Lists lists;
    private final JsonBodies bodies;
    private final DryRuns dryRuns;

    TopicController(TopicService topics, Lists lists, JsonBodies bodies, DryRuns dryRuns) {
        this.topics = topics;
        this.lists = lists;
        this.bodies = bodies;
        this.dryRuns = dryRuns;
    }

    /// The body of a PATCH.
    record Update(TopicSpec spec) {}

    @PostMapping
    ResponseEntity<?> create(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @RequestBody CreateRequest<TopicSpec> request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        var checks = new FieldChecks();
        Requests.envelope(request, KIND, checks);
        var name = topicName(request, checks);
        var wish = wish(name, request.spec(), checks);
        checks.done();
        var result = TopicProblems.unlessOk(
                topics.create(caller, cluster, List.of(wish), dryRun).getFirst());
        if (dryRun) {
            return dryRuns.created(
                    planned(cluster, result.name(), result.partitions(), result.replicationFactor(), wish));
        }
        return created(caller, cluster, name);
    }

    @GetMapping
    ResourceList<Resource<TopicSpec, TopicStatus>> list(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, HttpServletRequest request) {
        if (Lists.filter(request, "deleted").equals("true")) {
            var page = lists.request(request, "prefix", "deleted");
            var prefix = Lists.filter(request, "prefix");
            return lists.list(
                    KIND,
                    request,
                    topics.listDeleted(caller, cluster, prefix, page),
                    topic -> view(cluster, topic),
                    () -> topics.countDeleted(caller, cluster, prefix));
        }
        var page = lists.request(request, TopicService.SORTABLE, "prefix", "internal", "deleted");
        var filter = new TopicFilter(
                Lists.filter(request, "prefix"),
                Lists.filter(request, "internal").equals("true"));
        return lists.list(
                KIND,
                request,
                topics.list(caller, cluster, filter, page),
                topic -> view(cluster, topic),
                () -> topics.count(caller, cluster, filter));
    }

    @GetMapping("/{topic}")
    ResponseEntity<Resource<TopicSpec, TopicStatus>> get(
            @AuthenticationPrincipal Caller caller, @PathVariable String cluster, @PathVariable String topic) {
        return Versions.ok(view(cluster, topics.find(caller, cluster, topic)));
    }

    /// Makes the topic what the body says: creates it, or grows it and sets exactly these configs.
    /// `If-None-Match: *` only creates.
    @PutMapping("/{topic}")
    ResponseEntity<?> declare(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String topic,
            @RequestBody CreateRequest<TopicSpec> request,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest http) {
        var checks = new FieldChecks();
        Requests.envelope(request, KIND, checks);
        var named = Requests.metadata(request).name();
        checks.that(
                named == null || named.equals(topic), "/metadata/name", "immutable", "a topic's name never changes");
        var wish = wish(topic, request.spec(), checks);
        checks.done();
        var createOnly = "*".equals(http.getHeader("If-None-Match"));
        var existed = exists(caller, cluster, topic);
        var before = existed && dryRun ? Optional.of(topics.find(caller, cluster, topic)) : Optional.<TopicView>empty();
        var result = TopicProblems.unlessOk(
                createOnly
                        ? topics.create(caller, cluster, List.of(wish), dryRun).getFirst()
                        : topics.declare(caller, cluster, wish, Versions.expected(http), dryRun));
        if (dryRun) {
            var planned = planned(cluster, topic, result.partitions(), result.replicationFactor(), wish);
            return before.isPresent()
                    ? dryRuns.changed(view(cluster, before.get()), asPlanned(cluster, before.get(), planned))
                    : dryRuns.created(planned);
        }
        return existed
                ? Versions.ok(view(cluster, topics.find(caller, cluster, topic)))
                : created(caller, cluster, topic);
    }

    @PatchMapping(path = "/{topic}", consumes = MergePatch.MEDIA_TYPE)
    ResponseEntity<?> update(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String topic,
            @RequestBody JsonNode patch,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        var current = topics.find(caller, cluster, topic);
        var update = bodies.patched(new Update(spec(current)), patch, Update.class);
        var checks = new FieldChecks();
        var spec = update.spec() == null ? DEFAULTS : update.spec();
        checks.that(
                spec.replicationFactor() == null || spec.replicationFactor() == current.replicationFactor(),
                "/spec/replication_factor",
                "immutable",
                "a topic's replication factor is remembered from its creation");
        var wish = wish(topic, spec, checks);
        checks.done();
        // Decided against what was patched: somebody else's change in between must not be undone silently.
        var expected = Versions.expected(request);
        var result = TopicProblems.unlessOk(topics.declare(
                caller,
                cluster,
                wish,
                expected.isPresent() ? expected : OptionalLong.of(current.changedEntry()),
                dryRun));
        if (dryRun) {
            var planned = planned(cluster, topic, result.partitions(), result.replicationFactor(), wish);
            return dryRuns.changed(view(cluster, current), asPlanned(cluster, current, planned));
        }
        return Versions.ok(view(cluster, topics.find(caller, cluster, topic)));
    }

    @DeleteMapping("/{topic}")
    ResponseEntity<?> delete(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String topic,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun,
            HttpServletRequest request) {
        TopicProblems.unlessOk(topics.delete(caller, cluster, topic, Versions.expected(request), dryRun));
        if (dryRun) {
            return dryRuns.deleted(view(cluster, topics.find(caller, cluster, topic)));
        }
        return ResponseEntity.noContent().build();
    }

    /// Takes the topic's deletion back, and answers with the topic.
    ///
    /// @param id which of several deleted topics of that name; left out: the one that was deleted last
    @PostMapping("/{topic}/restores")
    ResponseEntity<?> restore(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String topic,
            @RequestParam(name = "topic_id", required = false) @Nullable String id,
            @RequestParam(name = DryRuns.PARAMETER, defaultValue = "false") boolean dryRun) {
        var result = TopicProblems.unlessOk(
                topics.restore(caller, cluster, topic, Optional.ofNullable(id).map(TopicController::topicId), dryRun));
        if (dryRun) {
            var wish = new TopicWish(topic, result.partitions(), result.replicationFactor(), result.configs());
            return dryRuns.created(planned(cluster, topic, result.partitions(), result.replicationFactor(), wish));
        }
        return Versions.ok(view(cluster, topics.find(caller, cluster, topic)));
    }

    private static Uuid topicId(String text) {
        try {
            return Uuid.fromString(text);
        } catch (IllegalArgumentException e) {
            throw Lists.parameter("topic_id", "invalid_value", "a topic's id as lists show it");
        }
    }

    @GetMapping("/{topic}/partitions")
    ResourceList<TopicPartition> partitions(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String topic,
            HttpServletRequest request) {
        var page = lists.request(request);
        var image = topics.image(caller, cluster);
        var id = image.topicId(topic).orElseThrow(() -> ProblemException.notFound("topic", topic));
        int count = image.partitions(id).orElse(0);
        int from = page.after().isEmpty() ? 0 : Integer.parseInt(page.after()) + 1;
        int to = (int) Math.min(count, (long) from + page.size());
        var items = IntStream.range(from, to)
                .mapToObj(partition -> partition(image, id, partition))
                .toList();
        var next = to < count ? Optional.of(Integer.toString(to - 1)) : Optional.<String>empty();
        return lists.of("TopicPartition", request, new Page<>(items, next), item -> item, () -> (long) count);
    }

    /// Every setting with the value in force, not only what was set by hand.
    @GetMapping("/{topic}/configs")
    ResourceList<TopicConfig> configs(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @PathVariable String topic,
            HttpServletRequest request) {
        lists.request(request);
        var set = topics.find(caller, cluster, topic).configs();
        var all = TopicConfigs.describe(set).stream()
                .map(value -> new TopicConfig(
                        value.definition().name(),
                        value.value().orElse(null),
                        value.source().name(),
                        value.definition().defaultValue().orElse(null),
                        value.definition().type().name(),
                        value.definition().allowed(),
                        value.definition().inEffect(),
                        value.definition().documentation()))
                .toList();
        return lists.of(
                "TopicConfig", request, new Page<>(all, Optional.empty()), item -> item, () -> (long) all.size());
    }

    private static TopicPartition partition(ClusterImage image, Uuid topicId, int partition) {
        var shard = image.shardOf(topicId, partition).orElseThrow();
        var leader = image.shards().leader(shard);
        return new TopicPartition(
                partition,
                shard.number(),
                leader.map(broker -> new PartitionLeader(broker.nodeId(), broker.host(), broker.port()))
                        .orElse(null),
                leader.map(broker -> broker.epoch().number()).orElse(null));
    }

    private boolean exists(Caller caller, String cluster, String topic) {
        return topics.image(caller, cluster).topicId(topic).isPresent();
    }

    private ResponseEntity<Resource<TopicSpec, TopicStatus>> created(Caller caller, String cluster, String name) {
        var topic = view(cluster, topics.find(caller, cluster, name));
        return ResponseEntity.created(URI.create(topic.metadata().self()))
                .eTag(Versions.etag(topic))
                .body(topic);
    }

    private static String topicName(CreateRequest<TopicSpec> request, FieldChecks checks) {
        var metadata = Requests.metadata(request);
        checks.that(
                metadata.labels() == null && metadata.deletionProtection() == null && metadata.tenantId() == null,
                "/metadata",
                "unknown_field",
                "a topic has a name only; labels and protection are a cluster's");
        return checks.required("/metadata/name", metadata.name());
    }

    private static TopicWish wish(String name, @Nullable TopicSpec given, FieldChecks checks) {
        var spec = given == null ? DEFAULTS : given;
        var configs = new TreeMap<String, String>();
        if (spec.configs() != null) {
            spec.configs().forEach((key, value) -> {
                if (value == null) {
                    checks.wrong("/spec/configs/" + key, "required", "give it a value, or leave it out");
                } else {
                    configs.put(key, value);
                }
            });
        }
        return new TopicWish(
                name,
                spec.partitions() == null ? TopicWish.CLUSTER_DEFAULT : zeroForDefault(spec.partitions()),
                spec.replicationFactor() == null ? TopicWish.CLUSTER_DEFAULT : zeroForDefault(spec.replicationFactor()),
                configs);
    }

    // -1 is how Kafka's protocol says "the default"; in this API it is a number like any other, and a wrong one.
    private static int zeroForDefault(int value) {
        return value == TopicWish.CLUSTER_DEFAULT ? 0 : value;
    }

    private static TopicSpec spec(TopicView topic) {
        return new TopicSpec(topic.partitions(), topic.replicationFactor(), topic.configs());
    }

    private static Resource<TopicSpec, TopicStatus> view(String cluster, TopicView topic) {
        return Resource.of(
                KIND,
                topic.id().toString(),
                new Metadata(
                        topic.name(),
                        null,
                        Map.of(),
                        topic.createdAt(),
                        topic.updatedAt(),
                        "",
                        Integer.toString(topic.changedEntry()),
                        self(cluster, topic.name()),
                        topic.internal()),
                spec(topic),
                new TopicStatus(
                        topic.dropping() ? Phase.DELETING : Phase.READY,
                        topic.internal(),
                        topic.createdEntry(),
                        null,
                        null));
    }

    private static Resource<TopicSpec, TopicStatus> view(String cluster, DeletedTopicView topic) {
        return Resource.of(
                KIND,
                topic.id().toString(),
                new Metadata(
                        topic.name(),
                        null,
                        Map.of(),
                        topic.createdAt(),
                        topic.deletedAt(),
                        "",
                        Integer.toString(topic.deletedEntry()),
                        self(cluster, topic.name()),
                        false),
                new TopicSpec(topic.partitions(), topic.replicationFactor(), topic.configs()),
                new TopicStatus(
                        Phase.DELETED, false, topic.createdEntry(), topic.deletedAt(), topic.restorableUntil()));
    }

    /// What a dry run answers: the topic as it would be.
    private static Resource<TopicSpec, TopicStatus> planned(
            String cluster, String name, int partitions, int replicationFactor, TopicWish wish) {
        return Resource.of(
                KIND,
                "",
                new Metadata(
                        name,
                        null,
                        Map.of(),
                        java.time.Instant.EPOCH,
                        java.time.Instant.EPOCH,
                        "",
                        "",
                        self(cluster, name),
                        false),
                new TopicSpec(partitions, replicationFactor, wish.configs()),
                new TopicStatus(Phase.PENDING, false, 0, null, null));
    }

    /// A topic that is there, with the wish it would have.
    private static Resource<TopicSpec, TopicStatus> asPlanned(
            String cluster, TopicView present, Resource<TopicSpec, TopicStatus> planned) {
        var now = view(cluster, present);
        return Resource.of(KIND, now.id(), now.metadata(), planned.spec(), now.status());
    }

    private static String self(String cluster, String name) {
        return "/v1/clusters/" + cluster + "/topics/" + name;
    }
}
