// SPDX-License-Identifier: Apache-2.0

// sarama: what every client here does (see ../README.md), told in lines "what: outcome".
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/IBM/sarama"
)

const (
	partitions = 3
	began      = 1700000000000 // milliseconds; records are a second apart
)

var servers, prefix = os.Args[1], os.Args[2]

func main() {
	replicas, err := strconv.Atoi(os.Args[3])
	must(err)
	client, err := sarama.NewClient(strings.Split(servers, ","), config())
	must(err)
	defer client.Close()
	admin, err := sarama.NewClusterAdminFromClient(client)
	must(err)
	topic, group := prefix+"-records", prefix+"-group"

	limit, forever := "100000", "-1"
	for _, what := range []string{"topic created", "topic created again"} {
		tell(what, outcome(admin.CreateTopic(topic, &sarama.TopicDetail{
			NumPartitions: partitions, ReplicationFactor: int16(replicas), ConfigEntries: map[string]*string{"max.message.bytes": &limit, "retention.ms": &forever}}, false)))
	}
	produce(topic)
	must(client.RefreshMetadata(topic))
	tell("ends", perPartition(func(partition int32) int64 { return offset(client, topic, partition, sarama.OffsetNewest) }))
	tell("offset of a time", offset(client, topic, 0, began+150_000))
	tooLarge(topic)

	tell("read in a group", readInGroup(topic, group, 300, true))
	tell("committed", committed(admin, topic, group))
	more(topic)
	tell("read by the next member", readInGroup(topic, group, 30, false))
	described, err := admin.DescribeConsumerGroups([]string{group})
	must(err)
	tell("group", described[0].State)
	transactions(admin, replicas)

	must(admin.DeleteRecords(topic, map[int32]int64{0: 50}))
	tell("records deleted below", offset(client, topic, 0, sarama.OffsetOldest))
	tell("group deleted", outcome(admin.DeleteConsumerGroup(group)))
	tell("topic deleted", outcome(admin.DeleteTopic(topic)))
}

func config() *sarama.Config {
	config := sarama.NewConfig()
	config.Version = sarama.MaxVersion
	config.Producer.Idempotent = true
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Net.MaxOpenRequests = 1 // what it wants for idempotence
	config.Producer.Return.Successes = true
	config.Producer.Partitioner = sarama.NewManualPartitioner
	config.Consumer.Offsets.Initial = sarama.OffsetOldest
	config.Consumer.Offsets.AutoCommit.Enable = false
	return config
}

// Every codec has its share of 300 records, 100 in each partition.
func produce(topic string) {
	codecs := []sarama.CompressionCodec{sarama.CompressionNone, sarama.CompressionGZIP, sarama.CompressionSnappy, sarama.CompressionLZ4, sarama.CompressionZSTD}
	for share, codec := range codecs {
		config := config()
		config.Producer.Compression = codec
		send(config, topic, share*60, (share+1)*60)
	}
	tell("produced", 300)
}

func more(topic string) { send(config(), topic, 300, 330) }

func send(config *sarama.Config, topic string, from, to int) {
	producer, err := sarama.NewSyncProducer(strings.Split(servers, ","), config)
	must(err)
	defer producer.Close()
	var messages []*sarama.ProducerMessage
	for n := from; n < to; n++ {
		messages = append(messages, &sarama.ProducerMessage{
			Topic:     topic,
			Partition: int32(n % partitions),
			Key:       sarama.StringEncoder(fmt.Sprintf("k%d", n)),
			Value:     sarama.StringEncoder(fmt.Sprintf("v%d", n)),
			Headers:   []sarama.RecordHeader{{Key: []byte("n"), Value: fmt.Appendf(nil, "%d", n)}},
			Timestamp: time.UnixMilli(began + int64(n)*1000),
		})
	}
	must(producer.SendMessages(messages))
}

func tooLarge(topic string) {
	config := config()
	config.Producer.Idempotent = false // else it wants to try again
	config.Producer.Retry.Max = 0
	producer, err := sarama.NewSyncProducer(strings.Split(servers, ","), config)
	must(err)
	defer producer.Close()
	_, _, err = producer.SendMessage(&sarama.ProducerMessage{Topic: topic, Value: sarama.ByteEncoder(make([]byte, 200_000))})
	tell("a record that is too large", outcome(err))
}

// A member of a group that leaves when it has what it wanted.
type member struct {
	records chan *sarama.ConsumerMessage
}

func (*member) Setup(sarama.ConsumerGroupSession) error   { return nil }
func (*member) Cleanup(sarama.ConsumerGroupSession) error { return nil }

// Called on a goroutine of its own for each partition.
func (m *member) ConsumeClaim(session sarama.ConsumerGroupSession, claim sarama.ConsumerGroupClaim) error {
	for {
		select {
		case record, open := <-claim.Messages():
			if !open {
				return nil
			}
			session.MarkMessage(record, "")
			m.records <- record
		case <-session.Context().Done():
			session.Commit()
			return nil
		}
	}
}

func readInGroup(topic, group string, wanted int, tellFirst bool) int {
	consumer, err := sarama.NewConsumerGroup(strings.Split(servers, ","), group, config())
	must(err)
	ctx, enough := context.WithTimeout(context.Background(), time.Minute)
	defer enough()
	m := &member{records: make(chan *sarama.ConsumerMessage, wanted)}
	ended := make(chan error, 1)
	go func() { ended <- consumer.Consume(ctx, []string{topic}, m) }()
	seen := 0
	for seen < wanted {
		select {
		case record := <-m.records:
			seen++
			if tellFirst && string(record.Key) == "k0" {
				tell("first record", fmt.Sprintf("%s=%s %s=%s at %d", record.Key, record.Value, record.Headers[0].Key, record.Headers[0].Value, record.Timestamp.UnixMilli()))
			}
		case err := <-ended:
			must(errors.Join(errors.New("the session ended early"), err))
		}
	}
	enough()
	must(<-ended)
	must(consumer.Close())
	return seen
}

// Ten records are committed, ten are aborted.
func transactions(admin sarama.ClusterAdmin, replicas int) {
	topic := prefix + "-transactions"
	must(admin.CreateTopic(topic, &sarama.TopicDetail{NumPartitions: 1, ReplicationFactor: int16(replicas)}, false))
	transactional := config()
	transactional.Producer.Transaction.ID = prefix + "-tx"
	producer, err := sarama.NewSyncProducer(strings.Split(servers, ","), transactional)
	must(err)
	for _, commit := range []bool{true, false} {
		must(producer.BeginTxn())
		for range 10 {
			_, _, err := producer.SendMessage(&sarama.ProducerMessage{Topic: topic, Value: sarama.StringEncoder(fmt.Sprint(commit))})
			must(err)
		}
		if commit {
			must(producer.CommitTxn())
		} else {
			must(producer.AbortTxn())
		}
	}
	must(producer.Close())
	isolations := []struct {
		name  string
		level sarama.IsolationLevel
		count int
	}{{"committed", sarama.ReadCommitted, 10}, {"uncommitted", sarama.ReadUncommitted, 20}}
	for _, isolation := range isolations {
		reading := config()
		reading.Consumer.IsolationLevel = isolation.level
		consumer, err := sarama.NewConsumer(strings.Split(servers, ","), reading)
		must(err)
		records, err := consumer.ConsumePartition(topic, 0, sarama.OffsetOldest)
		must(err)
		seen := map[string]int{}
		for range isolation.count {
			record := <-records.Messages()
			seen[string(record.Value)]++
		}
		must(consumer.Close())
		tell("read "+isolation.name, fmt.Sprintf("%d committed, %d aborted", seen["true"], seen["false"]))
	}
}

func committed(admin sarama.ClusterAdmin, topic, group string) string {
	offsets, err := admin.ListConsumerGroupOffsets(group, map[string][]int32{topic: {0, 1, 2}})
	must(err)
	return perPartition(func(partition int32) int64 { return offsets.GetBlock(topic, partition).Offset })
}

func offset(client sarama.Client, topic string, partition int32, when int64) int64 {
	found, err := client.GetOffset(topic, partition, when)
	must(err)
	return found
}

func perPartition(of func(int32) int64) string {
	var all []int64
	for partition := range int32(partitions) {
		all = append(all, of(partition))
	}
	return fmt.Sprint(all)
}

func tell(what string, outcome any) { fmt.Printf("%s: %v\n", what, outcome) }

func outcome(err error) string {
	var known sarama.KError
	switch {
	case err == nil:
		return "works"
	case errors.As(err, &known):
		return known.Error()
	default:
		return err.Error()
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
