// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

/// What a cluster asks of its Kafka clients.
public enum ClientAuthentication {
    /// To prove who they are.
    REQUIRED,
    /// Nothing, of those that reach a broker over the loopback of its machine; where brokers listen elsewhere: as
    /// [#REQUIRED].
    OPEN_ON_LOOPBACK
}
