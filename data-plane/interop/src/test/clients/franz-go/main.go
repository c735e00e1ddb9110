// SPDX-License-Identifier: Apache-2.0

// franz-go: what every client here does (see ../README.md), told in lines "what: outcome".
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	partitions = 3
	began      = 1700000000000 // milliseconds; records are a second apart
)

var (
	servers, prefix = os.Args[1], os.Args[2]
	ctx, _          = context.WithTimeout(context.Background(), 3*time.Minute)
)

func main() {
	replicas, err := strconv.Atoi(os.Args[3])
	must(err)
	client := open()
	defer client.Close()
	admin := kadm.NewClient(client)
	topic, group := prefix+"-records", prefix+"-group"

	for _, what := range []string{"topic created", "topic created again"} {
		_, err := admin.CreateTopic(ctx, partitions, int16(replicas), map[string]*string{"max.message.bytes": kadm.StringPtr("100000"), "retention.ms": kadm.StringPtr("-1")}, topic)
		tell(what, outcome(err))
	}
	produce(topic)
	tell("ends", ends(admin, topic))
	at, err := admin.ListOffsetsAfterMilli(ctx, began+150_000, topic)
	must(err)
	first, _ := at.Lookup(topic, 0)
	tell("offset of a time", first.Offset)
	tooLarge(topic)

	tell("read in a group", readInGroup(topic, group, 300, true))
	tell("committed", committed(admin, topic, group))
	more(topic)
	tell("read by the next member", readInGroup(topic, group, 30, false))
	described, err := admin.DescribeGroups(ctx, group)
	must(err)
	tell("group", described[group].State)
	transactions(admin, replicas)

	offsets := kadm.Offsets{}
	offsets.Add(kadm.Offset{Topic: topic, Partition: 0, At: 50, LeaderEpoch: -1})
	deleted, err := admin.DeleteRecords(ctx, offsets)
	must(err)
	low, _ := deleted.Lookup(topic, 0)
	tell("records deleted below", low.LowWatermark)
	gone, err := admin.DeleteGroup(ctx, group)
	tell("group deleted", outcome(errors.Join(err, gone.Err)))
	away, err := admin.DeleteTopic(ctx, topic)
	tell("topic deleted", outcome(errors.Join(err, away.Err)))
}

// Every codec has its share of 300 records, 100 in each partition.
func produce(topic string) {
	codecs := []kgo.CompressionCodec{kgo.NoCompression(), kgo.GzipCompression(), kgo.SnappyCompression(), kgo.Lz4Compression(), kgo.ZstdCompression()}
	for share, codec := range codecs {
		producer := open(kgo.ProducerBatchCompression(codec), kgo.RecordPartitioner(kgo.ManualPartitioner()))
		for n := share * 60; n < (share+1)*60; n++ {
			producer.Produce(ctx, record(topic, n), func(_ *kgo.Record, err error) { must(err) })
		}
		must(producer.Flush(ctx))
		producer.Close()
	}
	tell("produced", 300)
}

func record(topic string, n int) *kgo.Record {
	return &kgo.Record{
		Topic:     topic,
		Partition: int32(n % partitions),
		Key:       fmt.Appendf(nil, "k%d", n),
		Value:     fmt.Appendf(nil, "v%d", n),
		Headers:   []kgo.RecordHeader{{Key: "n", Value: fmt.Appendf(nil, "%d", n)}},
		Timestamp: time.UnixMilli(began + int64(n)*1000),
	}
}

func more(topic string) {
	producer := open(kgo.RecordPartitioner(kgo.ManualPartitioner()))
	defer producer.Close()
	for n := 300; n < 330; n++ {
		producer.Produce(ctx, record(topic, n), func(_ *kgo.Record, err error) { must(err) })
	}
	must(producer.Flush(ctx))
}

func tooLarge(topic string) {
	producer := open(kgo.ProducerBatchMaxBytes(1_000_000), kgo.ProducerBatchCompression(kgo.NoCompression()))
	defer producer.Close()
	err := producer.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: make([]byte, 200_000)}).FirstErr()
	tell("a record that is too large", outcome(err))
}

func readInGroup(topic, group string, wanted int, tellFirst bool) int {
	consumer := open(kgo.ConsumerGroup(group), kgo.ConsumeTopics(topic), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	defer consumer.Close()
	seen := 0
	for seen < wanted {
		fetches := consumer.PollFetches(ctx)
		must(fetches.Err())
		fetches.EachRecord(func(r *kgo.Record) {
			seen++
			if tellFirst && string(r.Key) == "k0" {
				tell("first record", fmt.Sprintf("%s=%s %s=%s at %d", r.Key, r.Value, r.Headers[0].Key, r.Headers[0].Value, r.Timestamp.UnixMilli()))
			}
		})
	}
	must(consumer.CommitUncommittedOffsets(ctx))
	return seen
}

// Ten records are committed, ten are aborted.
func transactions(admin *kadm.Client, replicas int) {
	topic := prefix + "-transactions"
	_, err := admin.CreateTopic(ctx, 1, int16(replicas), nil, topic)
	must(err)
	producer := open(kgo.TransactionalID(prefix + "-tx"))
	for _, end := range []kgo.TransactionEndTry{kgo.TryCommit, kgo.TryAbort} {
		must(producer.BeginTransaction())
		for range 10 {
			must(producer.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte(fmt.Sprint(end == kgo.TryCommit))}).FirstErr())
		}
		must(producer.EndTransaction(ctx, end))
	}
	producer.Close()
	isolations := []struct {
		name  string
		level kgo.IsolationLevel
		count int
	}{{"committed", kgo.ReadCommitted(), 10}, {"uncommitted", kgo.ReadUncommitted(), 20}}
	for _, isolation := range isolations {
		consumer := open(kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.FetchIsolationLevel(isolation.level))
		seen := map[string]int{}
		for seen["true"]+seen["false"] < isolation.count {
			fetches := consumer.PollFetches(ctx)
			must(fetches.Err())
			fetches.EachRecord(func(r *kgo.Record) { seen[string(r.Value)]++ })
		}
		consumer.Close()
		tell("read "+isolation.name, fmt.Sprintf("%d committed, %d aborted", seen["true"], seen["false"]))
	}
}

func ends(admin *kadm.Client, topic string) string {
	listed, err := admin.ListEndOffsets(ctx, topic)
	must(err)
	return perPartition(func(partition int32) int64 { offset, _ := listed.Lookup(topic, partition); return offset.Offset })
}

func committed(admin *kadm.Client, topic, group string) string {
	offsets, err := admin.FetchOffsets(ctx, group)
	must(err)
	return perPartition(func(partition int32) int64 { offset, _ := offsets.Lookup(topic, partition); return offset.At })
}

func perPartition(of func(int32) int64) string {
	var all []int64
	for partition := range int32(partitions) {
		all = append(all, of(partition))
	}
	return fmt.Sprint(all)
}

func open(more ...kgo.Opt) *kgo.Client {
	client, err := kgo.NewClient(append(more, kgo.SeedBrokers(strings.Split(servers, ",")...))...)
	must(err)
	return client
}

func tell(what string, outcome any) { fmt.Printf("%s: %v\n", what, outcome) }

func outcome(err error) string {
	var known *kerr.Error
	switch {
	case err == nil:
		return "works"
	case errors.As(err, &known):
		return known.Message
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
