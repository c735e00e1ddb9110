// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.identity;

import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Page;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.QuotaPlan;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntityData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.EntryData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData.OpData;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.springframework.stereotype.Service;

/// What clients of a cluster may use: Kafka's client quotas, which live in its metalog and nowhere else.
@Service
public class QuotaService {
    private static final String PREFIX = "qta_";

    private final ClusterService clusters;
    private final AccessChanges changes;
    private final Metalog metalog;

    QuotaService(ClusterService clusters, AccessChanges changes, Metalog metalog) {
        this.clusters = clusters;
        this.changes = changes;
        this.metalog = metalog;
    }

    /// @param id always the same for one entity
    /// @param values Kafka's name of a quota → its value, at least one
    public record Known(String id, ClientQuotaEntity entity, Map<String, Double> values) {
        public Known {
            values = Map.copyOf(values);
        }
    }

    /// @throws ProblemException if the entity has a quota, or if Kafka refuses what is wished
    public Known create(
            Caller caller, String clusterId, ClientQuotaEntity entity, Map<String, Double> values, boolean dryRun) {
        caller.require(Permission.ACCESS_MANAGE);
        clusters.find(caller, clusterId);
        return decided(clusterId, dryRun, image -> {
            if (quotas(image).containsKey(id(entity))) {
                throw ProblemException.alreadyExists("quota", entity.entries().toString(), id(entity));
            }
            return change(image, entity, values);
        });
    }

    /// These are its values from now on, and no others.
    public Known update(Caller caller, String clusterId, String id, Map<String, Double> values, boolean dryRun) {
        caller.require(Permission.ACCESS_MANAGE);
        clusters.find(caller, clusterId);
        return decided(
                clusterId, dryRun, image -> change(image, known(image, id).entity(), values));
    }

    public void delete(Caller caller, String clusterId, String id, boolean dryRun) {
        caller.require(Permission.ACCESS_MANAGE);
        clusters.find(caller, clusterId);
        decided(clusterId, dryRun, image -> change(image, known(image, id).entity(), Map.of()));
    }

    private Known decided(
            String clusterId, boolean dryRun, Function<ClusterImage, AccessChanges.Decision<Known>> decide) {
        if (dryRun) {
            clusters.serving(clusterId);
            return decide.apply(metalog.image(clusterId)).result();
        }
        return changes.changed(clusterId, decide);
    }

    public Known find(Caller caller, String clusterId, String id) {
        return known(image(caller, clusterId), id);
    }

    public Page<Known> list(Caller caller, String clusterId, Page.Request request) {
        return Page.cut(
                quotas(image(caller, clusterId)).tailMap(request.after(), false).values().stream()
                        .limit(request.size() + 1L)
                        .toList(),
                request.size(),
                Known::id);
    }

    public long count(Caller caller, String clusterId) {
        return image(caller, clusterId).kafka().clientQuotas().entities().size();
    }

    private ClusterImage image(Caller caller, String clusterId) {
        clusters.find(caller, clusterId);
        caller.require(Permission.ACCESS_READ);
        clusters.serving(clusterId);
        return metalog.image(clusterId);
    }

    private static Known known(ClusterImage image, String id) {
        return Optional.ofNullable(quotas(image).get(id)).orElseThrow(() -> ProblemException.notFound("quota", id));
    }

    private static NavigableMap<String, Known> quotas(ClusterImage image) {
        var byId = new TreeMap<String, Known>();
        image.kafka()
                .clientQuotas()
                .entities()
                .forEach((entity, quotas) -> byId.put(id(entity), new Known(id(entity), entity, quotas.quotas())));
        return byId;
    }

    private static AccessChanges.Decision<Known> change(
            ClusterImage image, ClientQuotaEntity entity, Map<String, Double> values) {
        var present = Optional.ofNullable(quotas(image).get(id(entity)))
                .map(Known::values)
                .orElse(Map.of());
        var keys = new TreeSet<>(present.keySet());
        keys.addAll(values.keySet());
        var asked = new EntryData();
        entity.entries()
                .forEach((type, name) ->
                        asked.entity().add(new EntityData().setEntityType(type).setEntityName(name)));
        keys.forEach(key -> asked.ops()
                .add(new OpData()
                        .setKey(key)
                        .setValue(values.getOrDefault(key, 0.0))
                        .setRemove(!values.containsKey(key))));
        var request = new AlterClientQuotasRequestData();
        request.entries().add(asked);
        var plan = QuotaPlan.of(image, request);
        var error = plan.results().getFirst();
        if (error.isFailure()) {
            throw ProblemException.field("/spec", "invalid_value", error.message());
        }
        return new AccessChanges.Decision<>(new Known(id(entity), entity, values), plan.records());
    }

    /// Kafka's quotas have no ids: it is made from whom the quota is for.
    private static String id(ClientQuotaEntity entity) {
        var text = new StringBuilder();
        new TreeMap<>(entity.entries())
                .forEach((type, name) -> text.append(type)
                        .append(name == null ? '*' : '=')
                        .append(name == null ? "" : name)
                        .append('\0'));
        try {
            var hash = ByteBuffer.wrap(
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8)));
            return PREFIX + new Uuid(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }
}
