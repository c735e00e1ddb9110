// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.kafka;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;

/// The only door to clusters' brokers for Kafka's protocol.
///
/// Each method fails with a problem if the cluster is not served now.
public interface BrokerClients {
    /// Shared; not to be closed.
    Admin admin(String clusterId);

    /// Shared; not to be closed. Waits for all acknowledgements.
    Producer<byte[], byte[]> producer(String clusterId);

    /// For the caller alone, who closes it. Belongs to no group and commits nothing.
    ///
    /// @param committedOnly whether records of open and aborted transactions are left out
    Consumer<byte[], byte[]> consumer(String clusterId, boolean committedOnly);
}
