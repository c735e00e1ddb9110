# SPDX-License-Identifier: Apache-2.0
"""A record through a cluster that asks who clients are, by librdkafka; and what is said without a right to it."""
import sys

from confluent_kafka import Consumer, KafkaError, Producer

servers, user, secret, topic, forbidden = sys.argv[1:6]
security = {
    "bootstrap.servers": servers,
    "security.protocol": "SASL_PLAINTEXT",
    "sasl.mechanism": "SCRAM-SHA-512",
    "sasl.username": user,
    "sasl.password": secret,
}
errors = []
producer = Producer({**security, "enable.idempotence": True})
producer.produce(topic, value="hello", on_delivery=lambda error, _: errors.append(error))
producer.flush(30)
assert errors == [None], errors

consumer = Consumer({**security, "group.id": "readers", "auto.offset.reset": "earliest"})
consumer.subscribe([topic])
for _ in range(60):
    message = consumer.poll(1)
    if message is not None:
        assert message.error() is None, message.error()
        assert message.value() == b"hello", message.value()
        break
else:
    raise AssertionError("nothing came")
consumer.close()

errors.clear()
producer.produce(forbidden, value="no", on_delivery=lambda error, _: errors.append(error))
producer.flush(30)
assert [error.code() for error in errors] == [KafkaError.TOPIC_AUTHORIZATION_FAILED], errors
