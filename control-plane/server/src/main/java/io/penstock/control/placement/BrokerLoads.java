// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import java.util.HashMap;
import java.util.Map;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/// How many shards brokers lead, from the queryable copy.
public final class BrokerLoads {
    private final JdbcClient jdbc;

    public BrokerLoads(DataSource database) {
        this.jdbc = JdbcClient.create(database);
    }

    /// Broker id → shards that it leads in all clusters but this one.
    public Map<String, Integer> outside(String clusterId) {
        var loads = new HashMap<String, Integer>();
        jdbc.sql("select i.broker_id, count(*) from shards s"
                        + " join broker_incarnations i on i.cluster_id = s.cluster_id and i.incarnation = s.incarnation"
                        + " where s.cluster_id <> ? group by i.broker_id")
                .param(clusterId)
                .query(row -> {
                    loads.put(row.getString(1), row.getInt(2));
                });
        return loads;
    }

    /// Broker id → shards that it leads.
    public Map<String, Integer> all() {
        return outside("");
    }
}
