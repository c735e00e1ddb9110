// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Clients;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class QuotasTest {
    private static final ClientQuotaEntity FLOOD = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, "flood"));

    private final BrokerInMemory broker = BrokerInMemory.started();

    @AfterEach
    void stop() {
        broker.close();
    }

    private static ClientQuotaAlteration bytes(ClientQuotaEntity entity, double perSecond) {
        return new ClientQuotaAlteration(
                entity, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", perSecond)));
    }

    /// How long a producer was asked to pause at most, in milliseconds.
    private double pauses(String clientId) throws Exception {
        try (KafkaProducer<String, String> producer =
                Clients.producer(broker, Map.of("client.id", clientId, "batch.size", 1))) {
            for (int i = 0; i < 4; i++) {
                Future<RecordMetadata> sent = producer.send(new ProducerRecord<>("t", "k", "v".repeat(50_000)));
                sent.get();
            }
            return producer.metrics().entrySet().stream()
                    .filter(metric -> metric.getKey().name().equals("produce-throttle-time-max"))
                    .mapToDouble(metric -> (double) metric.getValue().metricValue())
                    .max()
                    .orElseThrow();
        }
    }

    @Test
    void whoProducesBeyondItsQuotaIsAskedToPauseAndNobodyElse() throws Exception {
        broker.cluster().createTopic("t", 1, Map.of());
        try (Admin admin = Clients.admin(broker)) {
            admin.alterClientQuotas(List.of(bytes(FLOOD, 100_000.0))).all().get();

            assertThat(admin.describeClientQuotas(ClientQuotaFilter.all())
                            .entities()
                            .get())
                    .containsEntry(FLOOD, Map.of("producer_byte_rate", 100_000.0));
            assertThat(pauses("flood")).isPositive();
            assertThat(pauses("other")).isZero();

            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                            FLOOD, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", null)))))
                    .all()
                    .get();
            assertThat(admin.describeClientQuotas(ClientQuotaFilter.all())
                            .entities()
                            .get())
                    .isEmpty();
        }
    }

    @Test
    void quotasThatMeanNothingAreRefused() {
        try (Admin admin = Clients.admin(broker)) {
            for (ClientQuotaAlteration wrong : List.of(
                    bytes(new ClientQuotaEntity(Map.of("ip", "127.0.0.1")), 1.0),
                    bytes(new ClientQuotaEntity(Map.of("planet", "earth")), 1.0),
                    bytes(FLOOD, -1.0),
                    bytes(FLOOD, 1.5),
                    new ClientQuotaAlteration(FLOOD, List.of(new ClientQuotaAlteration.Op("sheep", 1.0))))) {
                assertThatThrownBy(() ->
                                admin.alterClientQuotas(List.of(wrong)).all().get())
                        .hasCauseInstanceOf(InvalidRequestException.class);
            }
        }
    }
}
