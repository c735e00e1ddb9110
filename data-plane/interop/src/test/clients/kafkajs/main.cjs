// SPDX-License-Identifier: Apache-2.0
// kafkajs: what every client here does (see ../README.md), told in lines "what: outcome".
const { CompressionTypes, Kafka, logLevel } = require('kafkajs');

const PARTITIONS = 3;
const BEGAN = 1700000000000; // milliseconds; records are a second apart
const [servers, prefix, replicas] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const [topic, group] = [`${prefix}-records`, `${prefix}-group`];
const kafka = new Kafka({ clientId: 'interop', brokers: servers.split(','), logLevel: logLevel.NOTHING });

function tell(what, outcome) {
  console.log(`${what}: ${outcome}`);
}

async function attempt(what, act) {
  try {
    await act();
    tell(what, 'works');
  } catch (failed) {
    const known = failed.errors?.[0] ?? failed.groups?.[0] ?? failed;
    tell(what, known.type ?? known.message);
  }
}

const numbers = (from, to) => Array.from({ length: to - from }, (_, n) => from + n);
const record = (n) => ({
  partition: n % PARTITIONS, key: `k${n}`, value: `v${n}`, headers: { n: `${n}` }, timestamp: `${BEGAN + n * 1000}`,
});

// It knows none and gzip by itself: 300 records, 100 in each partition.
async function produce(codecs, from, each) {
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  for (const [share, compression] of codecs.entries()) {
    const messages = numbers(from + share * each, from + (share + 1) * each).map(record);
    await producer.send({ topic, acks: -1, compression, messages });
  }
  await producer.disconnect();
}

async function tooLarge() {
  const producer = kafka.producer({ retry: { retries: 0 } });
  await producer.connect();
  await attempt('a record that is too large', () => producer.send({ topic, messages: [{ value: Buffer.alloc(200_000) }] }));
  await producer.disconnect();
}

// Reads until it has what it wanted; what it has read is committed when it leaves.
async function read(settings, name, wanted) {
  const consumer = kafka.consumer(settings);
  await consumer.connect();
  await consumer.subscribe({ topic: name, fromBeginning: true });
  const seen = [];
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${wanted - seen.length} records missing`)), 60000);
    consumer.run({
      eachMessage: async ({ message }) => {
        seen.push(message);
        if (seen.length === wanted) {
          clearTimeout(late);
          resolve();
        }
      },
    }).catch(reject);
  });
  await consumer.disconnect();
  return seen;
}

async function transactions(admin) {
  const name = `${prefix}-transactions`;
  await admin.createTopics({ topics: [{ topic: name, numPartitions: 1, replicationFactor: replicas }] });
  const producer = kafka.producer({ transactionalId: `${prefix}-tx`, idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (const commit of [true, false]) {
    const transaction = await producer.transaction();
    for (let n = 0; n < 10; n++) {
      await transaction.send({ topic: name, messages: [{ value: `${commit}` }] });
    }
    await (commit ? transaction.commit() : transaction.abort());
  }
  await producer.disconnect();
  for (const [isolation, readUncommitted, count] of [['committed', false, 10], ['uncommitted', true, 20]]) {
    const seen = await read({ groupId: `${prefix}-${isolation}`, readUncommitted }, name, count);
    const committed = seen.filter((message) => message.value.toString() === 'true').length;
    tell(`read ${isolation}`, `${committed} committed, ${seen.length - committed} aborted`);
  }
}

async function main() {
  const admin = kafka.admin({ retry: { retries: 3 } });
  await admin.connect();
  for (const what of ['topic created', 'topic created again']) {
    // It answers by itself that a topic is there: created is told.
    tell(what, await admin.createTopics({
      topics: [{
        topic, numPartitions: PARTITIONS, replicationFactor: replicas,
        configEntries: [{ name: 'max.message.bytes', value: '100000' }, { name: 'retention.ms', value: '-1' }],
      }],
    }));
  }
  await produce([CompressionTypes.None, CompressionTypes.GZIP], 0, 150);
  tell('produced', 300);
  const byPartition = (offsets) => offsets.sort((a, b) => a.partition - b.partition).map(({ offset }) => offset).join(' ');
  tell('ends', byPartition(await admin.fetchTopicOffsets(topic)));
  const at = await admin.fetchTopicOffsetsByTimestamp(topic, BEGAN + 150_000);
  tell('offset of a time', at.find(({ partition }) => partition === 0).offset);
  await tooLarge();

  const seen = await read({ groupId: group }, topic, 300);
  const first = seen.find((message) => message.key.toString() === 'k0');
  tell('first record', `${first.key}=${first.value} n=${first.headers.n} at ${first.timestamp}`);
  tell('read in a group', seen.length);
  const committed = async () => byPartition((await admin.fetchOffsets({ groupId: group, topics: [topic] }))[0].partitions);
  tell('committed', await committed());
  await produce([CompressionTypes.None], 300, 30);
  tell('read by the next member', (await read({ groupId: group }, topic, 30)).length);
  tell('group', (await admin.describeGroups([group])).groups[0].state);
  await transactions(admin);

  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '50' }] });
  tell('records deleted below', (await admin.fetchTopicOffsets(topic)).find(({ partition }) => partition === 0).low);
  await attempt('group deleted', () => admin.deleteGroups([group]));
  await attempt('topic deleted', () => admin.deleteTopics({ topics: [topic] }));
  await admin.disconnect();
}

main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
