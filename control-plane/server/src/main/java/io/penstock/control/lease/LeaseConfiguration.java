// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Clock;
import java.util.UUID;
import java.util.random.RandomGenerator;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.transaction.support.TransactionTemplate;

/// Puts the lease module together.
@Configuration(proxyBeanMethods = false)
class LeaseConfiguration {

    @Bean
    static BeanPostProcessor connectionsSayTheirEpoch() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String name) {
                return bean instanceof DataSource source ? new EpochStampingDataSource(source) : bean;
            }
        };
    }

    /// The database as only the lease uses it. A type of its own, so that nobody takes it for the application's.
    record LeaseDatabase(HikariDataSource pool) implements AutoCloseable {
        @Override
        public void close() {
            pool.close();
        }
    }

    @Bean
    LeaseDatabase leaseDatabase(JdbcConnectionDetails details, ReplicaIdentity identity) {
        var config = new HikariConfig();
        config.setPoolName("lease");
        config.setJdbcUrl(details.getJdbcUrl());
        config.setUsername(details.getUsername());
        config.setPassword(details.getPassword());
        config.setMaximumPoolSize(1);
        config.setConnectionTimeout(2_000);
        config.setInitializationFailTimeout(-1); // whoever needs the database for more tells why it is away
        config.addDataSourceProperty("socketTimeout", "3");
        config.addDataSourceProperty(
                "ApplicationName", LeaseRows.applicationName(identity.replica().id()));
        return new LeaseDatabase(new HikariDataSource(config));
    }

    @Bean
    ReplicaIdentity replicaIdentity(
            LeaseProperties properties,
            @Value("${server.address:127.0.0.1}") String listenAddress,
            Clock clock,
            RandomGenerator random) {
        return new ReplicaIdentity(
                "cp_" + new UUID(random.nextLong(), random.nextLong()), properties, listenAddress, clock.instant());
    }

    @Bean
    LeaseRuntime lease(
            LeaseDatabase leaseDatabase,
            DataSource database,
            ReplicaIdentity identity,
            ObjectProvider<ActiveDuty> duties,
            ApplicationEventPublisher events,
            LeaseProperties properties)
            throws SQLException {
        var transactions = new TransactionTemplate(new JdbcTransactionManager(leaseDatabase.pool()));
        return new LeaseRuntime(
                new LeaseRows(JdbcClient.create(leaseDatabase.pool()), transactions),
                database.unwrap(EpochStampingDataSource.class),
                identity::replica,
                duties,
                events,
                properties,
                System::nanoTime);
    }

    @Bean
    TaskScheduler taskScheduler(ObjectProvider<Lease> lease) {
        return new ActiveScheduler(() -> lease.getObject().held());
    }
}
