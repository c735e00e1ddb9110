// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import com.google.protobuf.ByteString;
import io.penstock.control.fleet.BrokerAuthority.Kept;
import io.penstock.control.secrets.SecretBox;
import java.time.Clock;
import java.util.random.RandomGenerator;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Keeps the brokers' authority: drawn once per database, its key encrypted.
final class AuthorityRows {
    private static final String LABEL = "broker authority";

    private AuthorityRows() {}

    static Kept kept(JdbcClient jdbc, SecretBox box, Clock clock, RandomGenerator random) {
        Kept drawn = BrokerAuthority.drawn(clock, random);
        jdbc.sql("insert into broker_authority (certificate, private_key) values (?, ?) on conflict do nothing")
                .params(
                        drawn.certificate().toByteArray(),
                        box.sealed(LABEL, drawn.privateKey().toByteArray()))
                .update();
        return jdbc.sql("select certificate, private_key from broker_authority")
                .query((row, _) -> new Kept(
                        ByteString.copyFrom(row.getBytes(1)),
                        ByteString.copyFrom(box.opened(LABEL, row.getBytes(2))
                                .orElseThrow(() -> new IllegalStateException(
                                        "the key of the brokers' authority was encrypted with another key file: restore"
                                                + " the right penstock.secrets-key-file")))))
                .single();
    }
}
