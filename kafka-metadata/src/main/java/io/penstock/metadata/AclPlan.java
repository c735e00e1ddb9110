// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.utils.SecurityUtils;
import org.apache.kafka.metadata.authorizer.StandardAcl;

/// What asked-for changes of ACLs come to, by the rules of Kafka's controller.
public final class AclPlan {
    private AclPlan() {}

    /// What became of one ACL to be created.
    public sealed interface Created {
        /// @param isNew whether it was not there before
        record Is(Uuid id, boolean isNew) implements Created {}

        record Refused(ApiException why) implements Created {}
    }

    /// What one filter matched.
    public sealed interface Deleted {
        record Matched(Map<Uuid, AclBinding> acls) implements Deleted {}

        record Refused(ApiException why) implements Deleted {}
    }

    /// @param results one for each asked, in their order
    /// @param records of what changes; empty if nothing does
    public record Plan<R>(List<R> results, List<MetalogRecord> records) {}

    /// An ACL that is there already is not written again.
    ///
    /// @param newIds where ids of new ACLs come from
    public static Plan<Created> create(ClusterImage image, List<AclBinding> asked, Supplier<Uuid> newIds) {
        Map<StandardAcl, Uuid> known = new HashMap<>();
        image.kafka().acls().acls().forEach((id, acl) -> known.put(acl, id));
        List<Created> results = new ArrayList<>();
        List<MetalogRecord> records = new ArrayList<>();
        for (AclBinding binding : asked) {
            Optional<ApiException> problem = problem(binding);
            if (problem.isPresent()) {
                results.add(new Created.Refused(problem.get()));
                continue;
            }
            StandardAcl acl = StandardAcl.fromAclBinding(binding);
            Uuid present = known.get(acl);
            if (present == null) {
                Uuid id = newIds.get();
                known.put(acl, id);
                records.add(AccessRecords.createAcl(id, acl));
                results.add(new Created.Is(id, true));
            } else {
                results.add(new Created.Is(present, false));
            }
        }
        return new Plan<>(results, records);
    }

    /// Every filter tells all that it matches, also what another one matched too.
    public static Plan<Deleted> delete(ClusterImage image, List<AclBindingFilter> filters) {
        List<Deleted> results = new ArrayList<>();
        Set<Uuid> gone = new LinkedHashSet<>();
        for (AclBindingFilter filter : filters) {
            Optional<ApiException> problem = problem(filter);
            if (problem.isPresent()) {
                results.add(new Deleted.Refused(problem.get()));
                continue;
            }
            Map<Uuid, AclBinding> matched = new HashMap<>();
            image.kafka().acls().acls().forEach((id, acl) -> {
                AclBinding binding = acl.toBinding();
                if (filter.matches(binding)) {
                    matched.put(id, binding);
                }
            });
            gone.addAll(matched.keySet());
            results.add(new Deleted.Matched(matched));
        }
        return new Plan<>(
                results, gone.stream().sorted().map(AccessRecords::deleteAcl).toList());
    }

    private static Optional<ApiException> problem(AclBinding binding) {
        ResourceType resource = binding.pattern().resourceType();
        PatternType pattern = binding.pattern().patternType();
        AclOperation operation = binding.entry().operation();
        AclPermissionType permission = binding.entry().permissionType();
        if (resource == ResourceType.UNKNOWN || resource == ResourceType.ANY) {
            return refused("Invalid resourceType " + resource);
        }
        if (pattern != PatternType.LITERAL && pattern != PatternType.PREFIXED) {
            return refused("Invalid patternType " + pattern);
        }
        if (operation == AclOperation.UNKNOWN || operation == AclOperation.ANY) {
            return refused("Invalid operation " + operation);
        }
        if (permission != AclPermissionType.ALLOW && permission != AclPermissionType.DENY) {
            return refused("Invalid permissionType " + permission);
        }
        if (resource == ResourceType.CLUSTER && !binding.pattern().name().equals(Resource.CLUSTER_NAME)) {
            return refused("The only valid name for the CLUSTER resource is " + Resource.CLUSTER_NAME);
        }
        if (binding.pattern().name() == null || binding.pattern().name().isEmpty()) {
            return refused("Resource name should not be empty");
        }
        try {
            SecurityUtils.parseKafkaPrincipal(binding.entry().principal());
        } catch (IllegalArgumentException e) {
            return refused("Could not parse principal from `" + binding.entry().principal() + "` "
                    + "(no colon is present separating the principal type from the principal name)");
        }
        return Optional.empty();
    }

    private static Optional<ApiException> problem(AclBindingFilter filter) {
        if (filter.patternFilter().isUnknown()) {
            return refused("Unknown patternFilter.");
        }
        return filter.entryFilter().isUnknown() ? refused("Unknown entryFilter.") : Optional.empty();
    }

    private static Optional<ApiException> refused(String message) {
        return Optional.of(new InvalidRequestException(message));
    }
}
