# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka (librdkafka): what every client here does (see ../README.md), told in lines "what: outcome"."""
import sys

from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, IsolationLevel, KafkaException, Producer
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

PARTITIONS = 3
BEGAN = 1700000000000  # milliseconds; records are a second apart
servers, prefix, replicas = sys.argv[1], sys.argv[2], int(sys.argv[3])
topic, group = prefix + "-records", prefix + "-group"


def tell(what, outcome):
    print(f"{what}: {outcome}", flush=True)


def attempt(what, future):
    try:
        future.result()
        tell(what, "works")
    except KafkaException as failed:
        tell(what, failed.args[0].name())


def consumer(name, isolation="read_committed", protocol="classic"):
    return Consumer({"bootstrap.servers": servers, "group.id": name, "auto.offset.reset": "earliest",
                     "enable.auto.commit": False, "isolation.level": isolation, "group.protocol": protocol})


def failed_if_any(error, _):
    if error:
        sys.exit(f"not delivered: {error}")


def send(producer, numbers):
    for n in numbers:
        producer.produce(topic, partition=n % PARTITIONS, key=f"k{n}", value=f"v{n}", headers={"n": str(n)},
                         timestamp=BEGAN + n * 1000, on_delivery=failed_if_any)
    if producer.flush(60):
        sys.exit("not delivered in time")


def produce():
    """Every codec has its share of 300 records, 100 in each partition."""
    for share, codec in enumerate(["none", "gzip", "snappy", "lz4", "zstd"]):
        producer = Producer({"bootstrap.servers": servers, "enable.idempotence": True, "compression.type": codec})
        send(producer, range(share * 60, (share + 1) * 60))
    tell("produced", 300)


def too_large():
    producer = Producer({"bootstrap.servers": servers, "message.max.bytes": 1_000_000})
    errors = []
    producer.produce(topic, value=bytes(200_000), on_delivery=lambda error, _: errors.append(error))
    producer.flush(60)
    tell("a record that is too large", errors[0].name())


def read(subscribed, wanted, tell_first=False):
    seen = 0
    while seen < wanted:
        message = subscribed.poll(1.0)
        if message is None:
            continue
        if message.error():
            sys.exit(f"read failed: {message.error()}")
        seen += 1
        if tell_first and message.key() == b"k0":
            (name, value), = message.headers()
            tell("first record", f"{message.key().decode()}={message.value().decode()} {name}={value.decode()}"
                                 f" at {message.timestamp()[1]}")
    subscribed.commit(asynchronous=False)
    subscribed.close()
    return seen


def read_in_group(name, wanted, tell_first=False, protocol="classic"):
    member = consumer(name, protocol=protocol)
    member.subscribe([topic])
    return read(member, wanted, tell_first)


def ends():
    looking = consumer(group)
    found = [looking.get_watermark_offsets(TopicPartition(topic, p))[1] for p in range(PARTITIONS)]
    at = looking.offsets_for_times([TopicPartition(topic, 0, BEGAN + 150_000)])[0].offset
    looking.close()
    return found, at


def committed(admin):
    asked = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, p) for p in range(PARTITIONS)])
    answer = admin.list_consumer_group_offsets([asked])[group].result()
    return [partition.offset for partition in answer.topic_partitions]


def transactions(admin):
    """Ten records are committed, ten are aborted."""
    name = prefix + "-transactions"
    admin.create_topics([NewTopic(name, 1, replicas)])[name].result()
    producer = Producer({"bootstrap.servers": servers, "transactional.id": prefix + "-tx"})
    producer.init_transactions()
    for commit in (True, False):
        producer.begin_transaction()
        for _ in range(10):
            producer.produce(name, value=str(commit))
        producer.flush(60)
        producer.commit_transaction() if commit else producer.abort_transaction()
    for isolation, count in ("committed", 10), ("uncommitted", 20):
        reader = consumer(prefix + "-" + isolation, isolation="read_" + isolation)
        reader.assign([TopicPartition(name, 0, 0)])
        values = []
        while len(values) < count:
            message = reader.poll(1.0)
            if message and not message.error():
                values.append(message.value())
        reader.close()
        tell("read " + isolation, f"{values.count(b'True')} committed, {values.count(b'False')} aborted")


def main():
    admin = AdminClient({"bootstrap.servers": servers})
    for what in "topic created", "topic created again":
        attempt(what, admin.create_topics(
            [NewTopic(topic, PARTITIONS, replicas, config={"max.message.bytes": "100000", "retention.ms": "-1"})])[topic])
    produce()
    found, at = ends()
    tell("ends", found)
    tell("offset of a time", at)
    too_large()
    tell("read in a group", read_in_group(group, 300, tell_first=True))
    tell("committed", committed(admin))
    send(Producer({"bootstrap.servers": servers}), range(300, 330))
    tell("read by the next member", read_in_group(group, 30))
    tell("group", admin.describe_consumer_groups([group])[group].result().state.name)
    tell("read by KIP-848", read_in_group(prefix + "-848", 330, protocol="consumer"))
    transactions(admin)
    low = admin.delete_records([TopicPartition(topic, 0, 50)])
    tell("records deleted below", [one.result().low_watermark for one in low.values()])
    attempt("group deleted", admin.delete_consumer_groups([group])[group])
    attempt("topic deleted", admin.delete_topics([topic])[topic])


main()
