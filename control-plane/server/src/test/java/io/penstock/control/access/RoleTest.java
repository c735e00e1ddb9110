// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoleTest {
    @Test
    void whatEachRoleMayDoIsPinned() {
        assertThat(allowed(Role.ORG_ADMIN)).containsExactly(Permission.values());
        assertThat(allowed(Role.METRICS_READER)).containsExactly(Permission.METRICS_READ);
        assertThat(allowed(Role.VIEWER))
                .allMatch(permission -> permission.name().endsWith("_READ"));
        assertThat(allowed(Role.DEVELOPER)).contains(Permission.TOPIC_MANAGE).doesNotContain(Permission.CLUSTER_MANAGE);
        assertThat(allowed(Role.OPERATOR)).contains(Permission.FLEET_MANAGE).doesNotContain(Permission.TENANT_MANAGE);
        assertThat(allowed(Role.TENANT_ADMIN))
                .contains(Permission.CLUSTER_MANAGE, Permission.API_KEY_MANAGE)
                .doesNotContain(Permission.FLEET_MANAGE, Permission.BUCKET_MANAGE, Permission.TENANT_MANAGE);
    }

    @Test
    void permissionsReadAsCallersSeeThem() {
        assertThat(Permission.CLUSTER_MANAGE.text()).isEqualTo("cluster.manage");
        assertThat(Permission.API_KEY_MANAGE.text()).isEqualTo("api_key.manage");
    }

    private static List<Permission> allowed(Role role) {
        return Arrays.stream(Permission.values()).filter(role::allows).toList();
    }
}
