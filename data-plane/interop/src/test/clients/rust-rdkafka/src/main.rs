// SPDX-License-Identifier: Apache-2.0

//! rust's rdkafka: what every client here does (see ../README.md), told in lines "what: outcome".

use std::env;
use std::time::Duration;

use futures_executor::block_on;
use rdkafka::TopicPartitionList;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{DeliveryResult, Header, Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer, ProducerContext};
use rdkafka::{ClientContext, Offset};

const PARTITIONS: i32 = 3;
const BEGAN: i64 = 1_700_000_000_000; // milliseconds; records are a second apart
const PATIENCE: Duration = Duration::from_secs(60);

/// Ends the program if a record is not delivered, or tells that one is too large.
struct Deliveries;

impl ClientContext for Deliveries {}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, _: ()) {
        match result {
            Ok(_) => {}
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::MessageSizeTooLarge), _)) => {
                tell("a record that is too large", "MessageSizeTooLarge")
            }
            Err((error, _)) => panic!("not delivered: {error}"),
        }
    }
}

struct Script {
    servers: String,
    prefix: String,
    replicas: i32,
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let script = Script {
        servers: arguments[1].clone(),
        prefix: arguments[2].clone(),
        replicas: arguments[3].parse().unwrap(),
    };
    script.run();
}

fn tell(what: &str, outcome: impl std::fmt::Display) {
    println!("{what}: {outcome}");
}

impl Script {
    fn run(&self) {
        let admin: AdminClient<DefaultClientContext> = self.config(&[]).create().unwrap();
        let options = AdminOptions::new();
        let (topic, group) = (format!("{}-records", self.prefix), format!("{}-group", self.prefix));

        for what in ["topic created", "topic created again"] {
            let new = NewTopic::new(&topic, PARTITIONS, TopicReplication::Fixed(self.replicas))
                .set("max.message.bytes", "100000")
                .set("retention.ms", "-1");
            let created = block_on(admin.create_topics(&[new], &options)).unwrap();
            tell(what, outcome(&created[0]));
        }
        self.produce(&topic);
        self.offsets(&topic, &group);
        self.too_large(&topic);

        tell("read in a group", self.read_in_group(&topic, &group, 300, true));
        tell("committed", self.committed(&topic, &group));
        self.send("none", &topic, 300..330);
        tell("read by the next member", self.read_in_group(&topic, &group, 30, false));
        self.transactions(&admin, &options);

        let mut below = TopicPartitionList::new();
        below.add_partition_offset(&topic, 0, Offset::Offset(50)).unwrap();
        let deleted = block_on(admin.delete_records(&below, &options)).unwrap();
        tell("records deleted below", deleted.elements()[0].offset().to_raw().unwrap());
        tell("group deleted", outcome(&block_on(admin.delete_groups(&[&group], &options)).unwrap()[0]));
        tell("topic deleted", outcome(&block_on(admin.delete_topics(&[&topic], &options)).unwrap()[0]));
    }

    fn config(&self, more: &[(&str, &str)]) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.servers);
        for (name, value) in more {
            config.set(*name, *value);
        }
        config
    }

    /// Every codec of this build has its share of 300 records, 100 in each partition.
    fn produce(&self, topic: &str) {
        for (share, codec) in (0..).zip(["none", "gzip", "snappy", "lz4"]) {
            self.send(codec, topic, share * 75..(share + 1) * 75);
        }
        tell("produced", 300);
    }

    fn send(&self, codec: &str, topic: &str, numbers: std::ops::Range<i64>) {
        let config = self.config(&[("enable.idempotence", "true"), ("compression.type", codec)]);
        let producer: BaseProducer<Deliveries> = config.create_with_context(Deliveries).unwrap();
        for n in numbers {
            let (key, value, number) = (format!("k{n}"), format!("v{n}"), n.to_string());
            let record = BaseRecord::to(topic)
                .partition((n % i64::from(PARTITIONS)) as i32)
                .key(&key)
                .payload(&value)
                .headers(OwnedHeaders::new().insert(Header { key: "n", value: Some(&number) }))
                .timestamp(BEGAN + n * 1000);
            producer.send(record).map_err(|(error, _)| error).unwrap();
        }
        producer.flush(PATIENCE).unwrap();
    }

    fn too_large(&self, topic: &str) {
        let config = self.config(&[("message.max.bytes", "1000000")]);
        let producer: BaseProducer<Deliveries> = config.create_with_context(Deliveries).unwrap();
        let payload = vec![0; 200_000];
        producer.send(BaseRecord::<(), _>::to(topic).payload(&payload)).map_err(|(error, _)| error).unwrap();
        producer.flush(PATIENCE).unwrap();
    }

    fn consumer(&self, group: &str, isolation: &str) -> BaseConsumer {
        self.config(&[
            ("group.id", group),
            ("auto.offset.reset", "earliest"),
            ("enable.auto.commit", "false"),
            ("isolation.level", isolation),
        ])
        .create()
        .unwrap()
    }

    fn offsets(&self, topic: &str, group: &str) {
        let looking = self.consumer(group, "read_committed");
        let ends: Vec<i64> = (0..PARTITIONS).map(|p| looking.fetch_watermarks(topic, p, PATIENCE).unwrap().1).collect();
        tell("ends", format!("{ends:?}"));
        let mut when = TopicPartitionList::new();
        when.add_partition_offset(topic, 0, Offset::Offset(BEGAN + 150_000)).unwrap();
        let at = looking.offsets_for_times(when, PATIENCE).unwrap();
        tell("offset of a time", at.elements()[0].offset().to_raw().unwrap());
    }

    fn read_in_group(&self, topic: &str, group: &str, wanted: usize, tell_first: bool) -> usize {
        let member = self.consumer(group, "read_committed");
        member.subscribe(&[topic]).unwrap();
        let mut seen = 0;
        while seen < wanted {
            let Some(message) = member.poll(Duration::from_secs(1)) else { continue };
            let message = message.unwrap();
            seen += 1;
            if tell_first && message.key() == Some(b"k0") {
                let header = message.headers().unwrap().get(0);
                let text = |bytes: Option<&[u8]>| String::from_utf8(bytes.unwrap().to_vec()).unwrap();
                let time = message.timestamp().to_millis().unwrap();
                let (key, value) = (text(message.key()), text(message.payload()));
                tell("first record", format!("{key}={value} {}={} at {time}", header.key, text(header.value)));
            }
        }
        member.commit_consumer_state(CommitMode::Sync).unwrap();
        seen
    }

    fn committed(&self, topic: &str, group: &str) -> String {
        let mut asked = TopicPartitionList::new();
        asked.add_partition_range(topic, 0, PARTITIONS - 1);
        let found = self.consumer(group, "read_committed").committed_offsets(asked, PATIENCE).unwrap();
        let offsets: Vec<i64> = found.elements().iter().map(|one| one.offset().to_raw().unwrap()).collect();
        format!("{offsets:?}")
    }

    /// Ten records are committed, ten are aborted.
    fn transactions(&self, admin: &AdminClient<DefaultClientContext>, options: &AdminOptions) {
        let topic = format!("{}-transactions", self.prefix);
        let new = NewTopic::new(&topic, 1, TopicReplication::Fixed(self.replicas));
        block_on(admin.create_topics(&[new], options)).unwrap();
        let id = format!("{}-tx", self.prefix);
        let producer: BaseProducer = self.config(&[("transactional.id", &id)]).create().unwrap();
        producer.init_transactions(PATIENCE).unwrap();
        for commit in [true, false] {
            producer.begin_transaction().unwrap();
            for _ in 0..10 {
                let value = commit.to_string();
                producer.send(BaseRecord::<(), _>::to(&topic).payload(&value)).map_err(|(error, _)| error).unwrap();
            }
            producer.flush(PATIENCE).unwrap();
            if commit { producer.commit_transaction(PATIENCE) } else { producer.abort_transaction(PATIENCE) }.unwrap();
        }
        for (isolation, count) in [("committed", 10), ("uncommitted", 20)] {
            let reader = self.consumer(&format!("{}-{isolation}", self.prefix), &format!("read_{isolation}"));
            let mut from = TopicPartitionList::new();
            from.add_partition_offset(&topic, 0, Offset::Beginning).unwrap();
            reader.assign(&from).unwrap();
            let (mut committed, mut aborted) = (0, 0);
            while committed + aborted < count {
                let Some(message) = reader.poll(Duration::from_secs(1)) else { continue };
                if message.unwrap().payload() == Some(b"true") { committed += 1 } else { aborted += 1 }
            }
            tell(&format!("read {isolation}"), format!("{committed} committed, {aborted} aborted"));
        }
    }
}

fn outcome(result: &Result<String, (String, RDKafkaErrorCode)>) -> String {
    match result {
        Ok(_) => "works".to_owned(),
        Err((_, code)) => format!("{code:?}"),
    }
}
