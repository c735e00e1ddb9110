// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.AclSpec;
import io.penstock.console.access.Grant.Role;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrantTest {
    @Test
    void aProducerWritesAndLooksAndNothingElse() {
        assertThat(acls(Role.PRODUCER, "orders", false, ""))
                .containsExactly("TOPIC LITERAL orders WRITE", "TOPIC LITERAL orders DESCRIBE");
    }

    @Test
    void aConsumerNeedsItsGroupToo() {
        assertThat(acls(Role.CONSUMER, "orders", false, "billing"))
                .containsExactly(
                        "TOPIC LITERAL orders READ", "TOPIC LITERAL orders DESCRIBE", "GROUP LITERAL billing READ");
        assertThat(acls(Role.CONSUMER, "orders", false, "")).hasSize(2);
    }

    @Test
    void aProducersGroupIsNotAskedFor() {
        assertThat(acls(Role.PRODUCER, "orders", false, "billing")).noneMatch(acl -> acl.startsWith("GROUP"));
    }

    @Test
    void beginningsOfNamesArePrefixesAndAStarIsEverything() {
        assertThat(acls(Role.OWNER, "pay-", true, "pay-"))
                .containsExactly("TOPIC PREFIXED pay- ALL", "GROUP PREFIXED pay- READ");
        assertThat(acls(Role.OWNER, "*", true, "")).containsExactly("TOPIC LITERAL * ALL");
    }

    @Test
    void anAclReadsAsASentence() {
        assertThat(AccessPanel.sentence(new AclSpec("User:sa", "*", "TOPIC", "pay-", "PREFIXED", "WRITE", "ALLOW")))
                .isEqualTo("write: every topic that starts with pay-");
        assertThat(AccessPanel.sentence(
                        new AclSpec("User:sa", "10.0.0.1", "TRANSACTIONAL_ID", "*", "LITERAL", "DESCRIBE", "DENY")))
                .isEqualTo("never describe: every transactional id, from 10.0.0.1 only");
    }

    private static List<String> acls(Role role, String topic, boolean prefixed, String group) {
        return new Grant("User:sa", role, topic, prefixed, group)
                .acls().stream().map(GrantTest::text).toList();
    }

    private static String text(Map<String, Object> acl) {
        assertThat(acl).containsEntry("principal", "User:sa").containsEntry("permission", "ALLOW");
        return acl.get("resource_type") + " " + acl.get("pattern_type") + " " + acl.get("resource_name") + " "
                + acl.get("operation");
    }
}
