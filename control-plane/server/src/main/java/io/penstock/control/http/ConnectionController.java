// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.Connection;
import io.penstock.api.ProblemCode;
import io.penstock.api.Resource;
import io.penstock.control.access.Caller;
import io.penstock.control.cluster.ClientAuthentication;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.problem.ProblemException;
import java.util.stream.Collectors;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// `/v1/clusters/{cluster}/connection`: what people copy to get their first record through.
@RestController
class ConnectionController {
    private final ClusterService clusters;
    private final boolean withinTls;

    ConnectionController(ClusterService clusters, @Value("${penstock.fleet.tls-domain:}") String tlsDomain) {
        this.clusters = clusters;
        this.withinTls = !tlsDomain.isEmpty();
    }

    @GetMapping("/v1/clusters/{cluster}/connection")
    Connection connection(
            @AuthenticationPrincipal Caller caller,
            @PathVariable String cluster,
            @RequestParam(defaultValue = "java") String client) {
        var found = clusters.find(caller, cluster);
        var bootstrap = clusters.image(found).stream()
                .flatMap(image -> image.liveBrokers().values().stream())
                .map(broker -> broker.host() + ":" + broker.port())
                .collect(Collectors.joining(","));
        if (bootstrap.isEmpty()) {
            throw ProblemException.of(
                    ProblemCode.UNAVAILABLE,
                    "No broker serves cluster '" + found.name() + "' yet: its status tells when one does.");
        }
        boolean authenticated = found.authentication() == ClientAuthentication.REQUIRED;
        return new Connection(
                Resource.API_VERSION,
                "Connection",
                cluster,
                client,
                bootstrap,
                authenticated ? saslProtocol() : "PLAINTEXT",
                authenticated ? encrypted(authenticated(client, bootstrap)) : snippet(client, bootstrap));
    }

    private String saslProtocol() {
        return withinTls ? "SASL_SSL" : "SASL_PLAINTEXT";
    }

    private String encrypted(String snippet) {
        return withinTls
                ? snippet.replace("SASL_PLAINTEXT", "SASL_SSL")
                        .replace("kgo.SASL(auth)", "kgo.SASL(auth), kgo.DialTLS()")
                        .replace(".split(','), sasl }", ".split(','), ssl: true, sasl }")
                        .replace(
                                "-X sasl.mechanism=SCRAM-SHA-512 -X user",
                                "-X tls.enabled=true -X sasl.mechanism=SCRAM-SHA-512 -X user")
                        .replace("tls_enabled       = false", "tls_enabled       = true")
                : snippet;
    }

    /// User name and secret of a credential go where USERNAME and SECRET stand.
    private static String authenticated(String client, String bootstrap) {
        return switch (client) {
            case "java" -> """
                    var properties = new java.util.Properties();
                    properties.put("bootstrap.servers", "%s");
                    properties.put("security.protocol", "SASL_PLAINTEXT");
                    properties.put("sasl.mechanism", "SCRAM-SHA-512");
                    properties.put("sasl.jaas.config", "org.apache.kafka.common.security.scram.ScramLoginModule"
                            + " required username=\"USERNAME\" password=\"SECRET\";");
                    properties.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
                    properties.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
                    try (var producer = new org.apache.kafka.clients.producer.KafkaProducer<String, String>(properties)) {
                        producer.send(new org.apache.kafka.clients.producer.ProducerRecord<>("first", "hello")).get();
                    }
                    """.formatted(bootstrap);
            case "python" -> """
                    # pip install confluent-kafka
                    from confluent_kafka import Producer
                    producer = Producer({"bootstrap.servers": "%s", "security.protocol": "SASL_PLAINTEXT",
                        "sasl.mechanism": "SCRAM-SHA-512", "sasl.username": "USERNAME", "sasl.password": "SECRET"})
                    producer.produce("first", value="hello")
                    producer.flush()
                    """.formatted(bootstrap);
            case "go" -> """
                    // go get github.com/twmb/franz-go/pkg/kgo
                    auth := scram.Auth{User: "USERNAME", Pass: "SECRET"}.AsSha512Mechanism()
                    client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split("%s", ",")...), kgo.SASL(auth))
                    if err != nil { panic(err) }
                    defer client.Close()
                    err = client.ProduceSync(ctx, &kgo.Record{Topic: "first", Value: []byte("hello")}).FirstErr()
                    """.formatted(bootstrap);
            case "node" -> """
                    // npm install kafkajs
                    const { Kafka } = require('kafkajs')
                    const sasl = { mechanism: 'scram-sha-512', username: 'USERNAME', password: 'SECRET' }
                    const producer = new Kafka({ brokers: '%s'.split(','), sasl }).producer()
                    await producer.connect()
                    await producer.send({ topic: 'first', messages: [{ value: 'hello' }] })
                    await producer.disconnect()
                    """.formatted(bootstrap);
            case "kcat" -> """
                    SASL="-X security.protocol=SASL_PLAINTEXT -X sasl.mechanism=SCRAM-SHA-512 -X sasl.username=USERNAME -X sasl.password=SECRET"
                    echo hello | kcat -P -b %1$s $SASL -t first
                    kcat -C -b %1$s $SASL -t first -o beginning -e
                    """.formatted(bootstrap);
            case "rpk" -> """
                    SASL="-X sasl.mechanism=SCRAM-SHA-512 -X user=USERNAME -X pass=SECRET"
                    echo hello | rpk topic produce first -X brokers=%1$s $SASL
                    rpk topic consume first -X brokers=%1$s $SASL --offset start -n 1
                    """.formatted(bootstrap);
            case "spring" -> """
                    spring.kafka.bootstrap-servers=%s
                    spring.kafka.security.protocol=SASL_PLAINTEXT
                    spring.kafka.properties.sasl.mechanism=SCRAM-SHA-512
                    spring.kafka.properties.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="USERNAME" password="SECRET";
                    """.formatted(bootstrap);
            case "terraform" -> """
                    provider "kafka" {
                      bootstrap_servers = split(",", "%s")
                      tls_enabled       = false
                      sasl_mechanism    = "scram-sha512"
                      sasl_username     = "USERNAME"
                      sasl_password     = "SECRET"
                    }
                    """.formatted(bootstrap);
            default -> throw unknown();
        };
    }

    private static String snippet(String client, String bootstrap) {
        return switch (client) {
            case "java" -> """
                    var properties = new java.util.Properties();
                    properties.put("bootstrap.servers", "%s");
                    properties.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
                    properties.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
                    try (var producer = new org.apache.kafka.clients.producer.KafkaProducer<String, String>(properties)) {
                        producer.send(new org.apache.kafka.clients.producer.ProducerRecord<>("first", "hello")).get();
                    }
                    """.formatted(bootstrap);
            case "python" -> """
                    # pip install confluent-kafka
                    from confluent_kafka import Producer
                    producer = Producer({"bootstrap.servers": "%s"})
                    producer.produce("first", value="hello")
                    producer.flush()
                    """.formatted(bootstrap);
            case "go" -> """
                    // go get github.com/twmb/franz-go/pkg/kgo
                    client, err := kgo.NewClient(kgo.SeedBrokers(strings.Split("%s", ",")...), kgo.AllowAutoTopicCreation())
                    if err != nil { panic(err) }
                    defer client.Close()
                    err = client.ProduceSync(ctx, &kgo.Record{Topic: "first", Value: []byte("hello")}).FirstErr()
                    """.formatted(bootstrap);
            case "node" -> """
                    // npm install kafkajs
                    const { Kafka } = require('kafkajs')
                    const producer = new Kafka({ brokers: '%s'.split(',') }).producer()
                    await producer.connect()
                    await producer.send({ topic: 'first', messages: [{ value: 'hello' }] })
                    await producer.disconnect()
                    """.formatted(bootstrap);
            case "kcat" -> """
                    echo hello | kcat -P -b %1$s -t first
                    kcat -C -b %1$s -t first -o beginning -e
                    """.formatted(bootstrap);
            case "rpk" -> """
                    echo hello | rpk topic produce first -X brokers=%1$s
                    rpk topic consume first -X brokers=%1$s --offset start -n 1
                    """.formatted(bootstrap);
            case "spring" -> """
                    spring.kafka.bootstrap-servers=%s
                    """.formatted(bootstrap);
            case "terraform" -> """
                    provider "kafka" {
                      bootstrap_servers = split(",", "%s")
                    }
                    """.formatted(bootstrap);
            default -> throw unknown();
        };
    }

    private static ProblemException unknown() {
        return Lists.parameter(
                "client", "unknown_value", "one of java, python, go, node, kcat, rpk, spring, terraform");
    }
}
