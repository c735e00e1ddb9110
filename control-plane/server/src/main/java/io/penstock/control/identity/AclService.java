// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.identity;

import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Page;
import io.penstock.metadata.AccessRecords;
import io.penstock.metadata.AclPlan;
import io.penstock.metadata.ClusterImage;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclBinding;
import org.springframework.stereotype.Service;

/// Who may do what in a cluster: Kafka's ACLs, which live in its metalog and nowhere else.
@Service
public class AclService {
    private static final String PREFIX = "acl_";

    private final ClusterService clusters;
    private final AccessChanges changes;
    private final Metalog metalog;

    AclService(ClusterService clusters, AccessChanges changes, Metalog metalog) {
        this.clusters = clusters;
        this.changes = changes;
        this.metalog = metalog;
    }

    /// @param isNew whether it was not there before it was asked for
    public record Known(String id, AclBinding binding, boolean isNew) {}

    /// Makes it so; an ACL that says the same is found, not made again.
    ///
    /// @param dryRun check only
    public Known create(Caller caller, String clusterId, AclBinding binding, boolean dryRun) {
        caller.require(Permission.ACCESS_MANAGE);
        clusters.find(caller, clusterId);
        if (dryRun) {
            clusters.serving(clusterId);
            return decided(metalog.image(clusterId), binding).result();
        }
        return changes.changed(clusterId, image -> decided(image, binding));
    }

    private AccessChanges.Decision<Known> decided(ClusterImage image, AclBinding binding) {
        var plan = AclPlan.create(image, List.of(binding), changes::newId);
        return switch (plan.results().getFirst()) {
            case AclPlan.Created.Is(var id, var isNew) ->
                new AccessChanges.Decision<>(new Known(PREFIX + id, binding, isNew), plan.records());
            case AclPlan.Created.Refused(var why) ->
                throw ProblemException.field("/spec", "invalid_value", String.valueOf(why.getMessage()));
        };
    }

    public Known find(Caller caller, String clusterId, String id) {
        return known(image(caller, clusterId), id);
    }

    public Page<Known> list(Caller caller, String clusterId, Page.Request request) {
        return Page.cut(
                all(image(caller, clusterId)).stream()
                        .filter(acl -> acl.id().compareTo(request.after()) > 0)
                        .limit(request.size() + 1L)
                        .toList(),
                request.size(),
                Known::id);
    }

    public long count(Caller caller, String clusterId) {
        return image(caller, clusterId).kafka().acls().acls().size();
    }

    /// Whether somebody may do something, and which ACL says so.
    public AclEvaluation.Answer evaluate(Caller caller, String clusterId, AclEvaluation.Question question) {
        return AclEvaluation.of(question, all(image(caller, clusterId)));
    }

    private static List<Known> all(ClusterImage image) {
        var byId = new TreeMap<String, Known>();
        image.kafka()
                .acls()
                .acls()
                .forEach((id, acl) -> byId.put(PREFIX + id, new Known(PREFIX + id, acl.toBinding(), false)));
        return List.copyOf(byId.values());
    }

    public void delete(Caller caller, String clusterId, String id, boolean dryRun) {
        caller.require(Permission.ACCESS_MANAGE);
        known(image(caller, clusterId), id);
        if (!dryRun) {
            changes.changed(clusterId, image -> {
                known(image, id);
                return new AccessChanges.Decision<>(id, List.of(AccessRecords.deleteAcl(uuid(id))));
            });
        }
    }

    private ClusterImage image(Caller caller, String clusterId) {
        clusters.find(caller, clusterId);
        caller.require(Permission.ACCESS_READ);
        clusters.serving(clusterId);
        return metalog.image(clusterId);
    }

    private static Known known(ClusterImage image, String id) {
        var acl = image.kafka().acls().acls().get(uuid(id));
        if (acl == null) {
            throw ProblemException.notFound("ACL", id);
        }
        return new Known(id, acl.toBinding(), false);
    }

    private static Uuid uuid(String id) {
        try {
            return Uuid.fromString(id.startsWith(PREFIX) ? id.substring(PREFIX.length()) : "");
        } catch (IllegalArgumentException e) {
            return Uuid.ZERO_UUID;
        }
    }
}
