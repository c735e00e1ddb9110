// SPDX-License-Identifier: Apache-2.0
// kafkajs: produces, reads back in a group. Arguments: bootstrap servers, topic, count.
const { Kafka, logLevel } = require('kafkajs');

const [servers, topic, count] = [process.argv[2], process.argv[3], Number(process.argv[4])];

async function main() {
  const kafka = new Kafka({ clientId: 'interop', brokers: servers.split(','), logLevel: logLevel.ERROR });
  const producer = kafka.producer({ idempotent: true });
  await producer.connect();
  await producer.send({ topic, acks: -1, messages: Array.from({ length: count }, (_, n) => ({ key: `${n}`, value: `v${n}` })) });
  await producer.disconnect();

  const seen = new Set();
  const consumer = kafka.consumer({ groupId: `${topic}-group` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${count - seen.size} records missing`)), 60000);
    consumer.run({
      eachMessage: async ({ message }) => {
        seen.add(message.value.toString());
        if (seen.size === count) {
          clearTimeout(late);
          resolve();
        }
      },
    }).catch(reject);
  });
  await consumer.disconnect();
  console.log('ok');
}

main().catch((failure) => {
  console.error(failure);
  process.exit(1);
});
