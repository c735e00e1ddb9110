// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/// Has every connection say under which epoch it writes, so that the database can refuse a former holder of the lease.
///
/// While the process starts they say nothing: migrations, and rows that any replica may make, are written then.
final class EpochStampingDataSource extends DelegatingDataSource {
    /// No epoch is like this one: nothing can be written.
    private static final String STANDBY = "-1";

    private final Map<Connection, String> stamps = Collections.synchronizedMap(new WeakHashMap<>());
    private volatile String stamp = "";
    private volatile String applicationName = "penstock";

    EpochStampingDataSource(DataSource target) {
        super(target);
    }

    void standBy(String replica) {
        applicationName = LeaseRows.applicationName(replica);
        stamp = STANDBY;
    }

    void actUnder(long epoch) {
        stamp = Long.toString(epoch);
    }

    @Override
    public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        try {
            stamp(connection);
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void stamp(Connection connection) throws SQLException {
        String wanted = stamp;
        Connection physical = connection.unwrap(Connection.class);
        if (wanted.equals(stamps.getOrDefault(physical, ""))) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(
                "select set_config('penstock.epoch', ?, false), set_config('application_name', ?, false)")) {
            statement.setString(1, wanted);
            statement.setString(2, applicationName);
            statement.execute();
        }
        stamps.put(physical, wanted);
    }
}
