// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.access;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What somebody is to be let do, in people's words, and the ACLs that say so in Kafka's.
///
/// @param topic a name, or the beginning of names
/// @param prefixed whether `topic` and `group` are beginnings
/// @param group of those who read; empty for none
record Grant(String principal, Role role, String topic, boolean prefixed, String group) {
    /// What programs usually are.
    enum Role {
        PRODUCER("Producer", "writes records"),
        CONSUMER("Consumer", "reads records in a group"),
        BOTH("Producer and consumer", "reads and writes"),
        OWNER("Owner", "reads, writes, and changes topics");

        final String title;
        final String meaning;

        Role(String title, String meaning) {
            this.title = title;
            this.meaning = meaning;
        }
    }

    /// Each as the `spec` of an ACL.
    List<Map<String, Object>> acls() {
        List<Map<String, Object>> acls = new ArrayList<>();
        switch (role) {
            case PRODUCER -> topic(acls, "WRITE", "DESCRIBE");
            case CONSUMER -> {
                topic(acls, "READ", "DESCRIBE");
                group(acls);
            }
            case BOTH -> {
                topic(acls, "READ", "WRITE", "DESCRIBE");
                group(acls);
            }
            case OWNER -> {
                topic(acls, "ALL");
                group(acls);
            }
        }
        return acls;
    }

    private void topic(List<Map<String, Object>> acls, String... operations) {
        for (var operation : operations) {
            acls.add(acl("TOPIC", topic, operation));
        }
    }

    private void group(List<Map<String, Object>> acls) {
        if (!group.isEmpty()) {
            acls.add(acl("GROUP", group, "READ"));
        }
    }

    private Map<String, Object> acl(String type, String name, String operation) {
        Map<String, Object> acl = new LinkedHashMap<>();
        acl.put("principal", principal);
        acl.put("resource_type", type);
        acl.put("resource_name", name);
        acl.put("pattern_type", prefixed && !name.equals("*") ? "PREFIXED" : "LITERAL");
        acl.put("operation", operation);
        acl.put("permission", "ALLOW");
        return acl;
    }
}
