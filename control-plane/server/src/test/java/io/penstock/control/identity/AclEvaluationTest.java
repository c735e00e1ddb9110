// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.identity.AclEvaluation.Question;
import io.penstock.control.identity.AclEvaluation.Verdict;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;

class AclEvaluationTest {
    private static final String ADA = "User:ada";

    private static AclService.Known rule(
            String id,
            String principal,
            String name,
            PatternType pattern,
            AclOperation operation,
            AclPermissionType is) {
        return rule(id, principal, "*", name, pattern, operation, is);
    }

    private static AclService.Known rule(
            String id,
            String principal,
            String host,
            String name,
            PatternType pattern,
            AclOperation operation,
            AclPermissionType is) {
        return new AclService.Known(
                id,
                new AclBinding(
                        new ResourcePattern(ResourceType.TOPIC, name, pattern),
                        new AccessControlEntry(principal, host, operation, is)),
                false);
    }

    private static Verdict may(AclOperation operation, String topic, AclService.Known... rules) {
        return AclEvaluation.of(
                        new Question(Optional.of(ADA), "10.0.0.1", operation, ResourceType.TOPIC, topic),
                        List.of(rules))
                .verdict();
    }

    private static final AclService.Known READ_ORDERS =
            rule("acl_1", ADA, "orders", PatternType.PREFIXED, AclOperation.READ, AclPermissionType.ALLOW);

    @Test
    void whoIsNotAllowedIsRefused() {
        assertThat(may(AclOperation.READ, "orders.eu")).isEqualTo(new Verdict.NoRule());
        assertThat(may(AclOperation.WRITE, "orders.eu", READ_ORDERS)).isEqualTo(new Verdict.NoRule());
        assertThat(may(AclOperation.READ, "payments", READ_ORDERS)).isEqualTo(new Verdict.NoRule());
    }

    @Test
    void theRuleThatAllowsIsTold() {
        assertThat(may(AclOperation.READ, "orders.eu", READ_ORDERS)).isEqualTo(new Verdict.Allowed(READ_ORDERS));
        var everybody = rule("acl_2", "User:*", "*", PatternType.LITERAL, AclOperation.ALL, AclPermissionType.ALLOW);
        assertThat(may(AclOperation.DELETE, "anything", everybody)).isEqualTo(new Verdict.Allowed(everybody));
    }

    @Test
    void aDenialGoesBeforeWhateverAllows() {
        var never = rule("acl_9", "User:*", "orders.eu", PatternType.LITERAL, AclOperation.ALL, AclPermissionType.DENY);

        assertThat(may(AclOperation.READ, "orders.eu", READ_ORDERS, never)).isEqualTo(new Verdict.Denied(never));
        assertThat(may(AclOperation.READ, "orders.us", READ_ORDERS, never)).isEqualTo(new Verdict.Allowed(READ_ORDERS));
    }

    @Test
    void whoMayReadMayDescribeAndToDenyReadingDeniesNoDescription() {
        assertThat(may(AclOperation.DESCRIBE, "orders", READ_ORDERS)).isEqualTo(new Verdict.Allowed(READ_ORDERS));
        var noReading = rule("acl_3", ADA, "orders", PatternType.LITERAL, AclOperation.READ, AclPermissionType.DENY);
        assertThat(may(AclOperation.DESCRIBE, "orders", READ_ORDERS, noReading))
                .isEqualTo(new Verdict.Allowed(READ_ORDERS));
    }

    @Test
    void aRuleForAnotherHostSaysNothing() {
        var elsewhere = rule(
                "acl_4", ADA, "10.0.0.2", "orders", PatternType.LITERAL, AclOperation.READ, AclPermissionType.ALLOW);

        assertThat(may(AclOperation.READ, "orders", elsewhere)).isEqualTo(new Verdict.NoRule());
    }

    @Test
    void withoutAPrincipalAllRulesAreTold() {
        var other = rule("acl_5", "User:bob", "orders", PatternType.LITERAL, AclOperation.READ, AclPermissionType.DENY);
        var answer = AclEvaluation.of(
                new Question(Optional.empty(), "*", AclOperation.READ, ResourceType.TOPIC, "orders"),
                List.of(READ_ORDERS, other));

        assertThat(answer.verdict()).isEqualTo(new Verdict.NotAsked());
        assertThat(answer.allows()).containsExactly(READ_ORDERS);
        assertThat(answer.denies()).containsExactly(other);
    }
}
