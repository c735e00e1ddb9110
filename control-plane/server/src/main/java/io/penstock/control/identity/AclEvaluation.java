// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.identity;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// Says what a cluster's brokers will say to somebody, and by which ACL: as Kafka's `StandardAuthorizer`
/// decides, a
/// denial goes before whatever allows, and who is not allowed is refused.
public final class AclEvaluation {
    private static final String ANYBODY = "User:*";
    private static final String ANYTHING = "*";

    private AclEvaluation() {}

    /// @param host where the request comes from; `*` matches rules for any host only
    public record Question(
            Optional<String> principal,
            String host,
            AclOperation operation,
            ResourceType resourceType,
            String resourceName) {}

    /// What decides.
    public sealed interface Verdict {
        /// Nobody was named.
        record NotAsked() implements Verdict {}

        record Allowed(AclService.Known by) implements Verdict {}

        record Denied(AclService.Known by) implements Verdict {}

        /// No rule speaks of it.
        record NoRule() implements Verdict {}
    }

    /// @param allows all that allow it to anybody, and `denies` all that deny it, in the order of their ids
    public record Answer(Verdict verdict, List<AclService.Known> allows, List<AclService.Known> denies) {}

    static Answer of(Question question, List<AclService.Known> acls) {
        var allows = new ArrayList<AclService.Known>();
        var denies = new ArrayList<AclService.Known>();
        for (var acl : acls) {
            if (speaksOf(question, acl)) {
                (acl.binding().entry().permissionType() == AclPermissionType.DENY ? denies : allows).add(acl);
            }
        }
        return new Answer(verdict(question, allows, denies), allows, denies);
    }

    private static Verdict verdict(Question question, List<AclService.Known> allows, List<AclService.Known> denies) {
        if (question.principal().isEmpty()) {
            return new Verdict.NotAsked();
        }
        var principal = question.principal().get();
        return denies.stream()
                .filter(acl -> isFor(principal, acl))
                .findFirst()
                .<Verdict>map(Verdict.Denied::new)
                .or(() -> allows.stream()
                        .filter(acl -> isFor(principal, acl))
                        .findFirst()
                        .map(Verdict.Allowed::new))
                .orElseGet(Verdict.NoRule::new);
    }

    private static boolean isFor(String principal, AclService.Known acl) {
        var named = acl.binding().entry().principal();
        return named.equals(principal) || named.equals(ANYBODY);
    }

    private static boolean speaksOf(Question question, AclService.Known acl) {
        var pattern = acl.binding().pattern();
        var entry = acl.binding().entry();
        return pattern.resourceType() == question.resourceType()
                && matches(pattern, question.resourceName())
                && (entry.host().equals(ANYTHING) || entry.host().equals(question.host()))
                && covers(entry.operation(), entry.permissionType(), question.operation());
    }

    private static boolean matches(ResourcePattern pattern, String name) {
        return pattern.patternType() == PatternType.PREFIXED
                ? name.startsWith(pattern.name())
                : pattern.name().equals(name) || pattern.name().equals(ANYTHING);
    }

    /// Who may read, write, delete or alter a thing may describe it as well; to deny these denies no
    /// description.
    private static boolean covers(AclOperation rule, AclPermissionType permission, AclOperation asked) {
        if (rule == asked || rule == AclOperation.ALL) {
            return true;
        }
        if (permission == AclPermissionType.DENY) {
            return false;
        }
        return switch (asked) {
            case DESCRIBE ->
                Set.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DELETE, AclOperation.ALTER)
                        .contains(rule);
            case DESCRIBE_CONFIGS -> rule == AclOperation.ALTER_CONFIGS;
            default -> false;
        };
    }
}
