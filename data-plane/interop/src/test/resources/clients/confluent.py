# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka (librdkafka): produces, reads back in a group, commits. Arguments: bootstrap servers, topic, count."""
import sys

from confluent_kafka import Consumer, Producer

servers, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])

failures = []
producer = Producer({"bootstrap.servers": servers, "enable.idempotence": True, "compression.type": "lz4"})
for n in range(count):
    producer.produce(topic, key=str(n), value=f"v{n}", on_delivery=lambda e, m: failures.append(e) if e else None)
    producer.poll(0)
left = producer.flush(60)
if left or failures:
    sys.exit(f"not delivered: {left} waiting, {failures[:3]}")

consumer = Consumer({"bootstrap.servers": servers, "group.id": topic + "-group", "auto.offset.reset": "earliest",
                     "enable.auto.commit": False})
consumer.subscribe([topic])
seen = set()
silence = 0
while len(seen) < count and silence < 60:
    message = consumer.poll(1.0)
    if message is None:
        silence += 1
        continue
    if message.error():
        sys.exit(f"read failed: {message.error()}")
    seen.add(message.value().decode())
consumer.commit(asynchronous=False)
consumer.close()
missing = {f"v{n}" for n in range(count)} - seen
if missing:
    sys.exit(f"{len(missing)} records missing")
print("ok")
