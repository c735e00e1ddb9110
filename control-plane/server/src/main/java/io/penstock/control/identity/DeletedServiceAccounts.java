// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.identity;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Ids of service accounts that are no more.
@Component
class DeletedServiceAccounts {
    private final JdbcClient jdbc;

    DeletedServiceAccounts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void add(ServiceAccount account, Instant at) {
        jdbc.sql("insert into deleted_service_accounts (id, tenant_id, deleted_at) values (?, ?, ?)"
                        + " on conflict do nothing")
                .params(account.id(), account.tenantId(), Timestamp.from(at))
                .update();
    }

    Set<String> among(Collection<String> ids) {
        return jdbc.sql("select id from deleted_service_accounts where id in (:ids)")
                .param("ids", ids)
                .query(String.class)
                .set();
    }
}
