// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.gateway;

import io.penstock.api.AclSpec;
import io.penstock.api.AclStatus;
import io.penstock.api.ApiKeySpec;
import io.penstock.api.ApiKeyStatus;
import io.penstock.api.BrokerSpec;
import io.penstock.api.BrokerStatus;
import io.penstock.api.BucketSpec;
import io.penstock.api.BucketStatus;
import io.penstock.api.ClusterSpec;
import io.penstock.api.ClusterStatus;
import io.penstock.api.Connection;
import io.penstock.api.ConsumerGroup;
import io.penstock.api.CredentialSpec;
import io.penstock.api.CredentialStatus;
import io.penstock.api.Event;
import io.penstock.api.FleetSpec;
import io.penstock.api.FleetStatus;
import io.penstock.api.GroupLag;
import io.penstock.api.MetricSeries;
import io.penstock.api.NewRecords;
import io.penstock.api.OffsetReset;
import io.penstock.api.Operation;
import io.penstock.api.Prices;
import io.penstock.api.RecordPage;
import io.penstock.api.Resource;
import io.penstock.api.ServiceAccountSpec;
import io.penstock.api.ServiceAccountStatus;
import io.penstock.api.TenantSpec;
import io.penstock.api.TenantStatus;
import io.penstock.api.TopicConfig;
import io.penstock.api.TopicPartition;
import io.penstock.api.TopicProducer;
import io.penstock.api.TopicSpec;
import io.penstock.api.TopicStatus;
import io.penstock.api.UsageReport;
import tools.jackson.core.type.TypeReference;

/// What an answer is read as.
///
/// @param <R> its class
public final class Kind<R> {
    public static final Kind<Resource<TenantSpec, TenantStatus>> TENANT = new Kind<>(new TypeReference<>() {});
    public static final Kind<Resource<BucketSpec, BucketStatus>> BUCKET = new Kind<>(new TypeReference<>() {});
    public static final Kind<Resource<FleetSpec, FleetStatus>> FLEET = new Kind<>(new TypeReference<>() {});
    public static final Kind<Resource<BrokerSpec, BrokerStatus>> BROKER = new Kind<>(new TypeReference<>() {});
    public static final Kind<Resource<ClusterSpec, ClusterStatus>> CLUSTER = new Kind<>(new TypeReference<>() {});
    public static final Kind<Connection> CONNECTION = new Kind<>(new TypeReference<>() {});
    public static final Kind<Resource<TopicSpec, TopicStatus>> TOPIC = new Kind<>(new TypeReference<>() {});
    public static final Kind<TopicPartition> PARTITION = new Kind<>(new TypeReference<>() {});
    public static final Kind<TopicConfig> TOPIC_CONFIG = new Kind<>(new TypeReference<>() {});
    public static final Kind<Operation> OPERATION = new Kind<>(new TypeReference<>() {});
    public static final Kind<Resource<ServiceAccountSpec, ServiceAccountStatus>> SERVICE_ACCOUNT =
            new Kind<>(new TypeReference<>() {});
    public static final Kind<Resource<CredentialSpec, CredentialStatus>> CREDENTIAL =
            new Kind<>(new TypeReference<>() {});
    public static final Kind<Resource<AclSpec, AclStatus>> ACL = new Kind<>(new TypeReference<>() {});
    public static final Kind<Resource<ApiKeySpec, ApiKeyStatus>> API_KEY = new Kind<>(new TypeReference<>() {});
    public static final Kind<ConsumerGroup> CONSUMER_GROUP = new Kind<>(new TypeReference<>() {});
    public static final Kind<GroupLag> GROUP_LAG = new Kind<>(new TypeReference<>() {});
    public static final Kind<OffsetReset.Outcome> OFFSET_RESET = new Kind<>(new TypeReference<>() {});
    public static final Kind<RecordPage> RECORD_PAGE = new Kind<>(new TypeReference<>() {});
    public static final Kind<NewRecords.Written> RECORDS_WRITTEN = new Kind<>(new TypeReference<>() {});
    public static final Kind<TopicProducer> TOPIC_PRODUCER = new Kind<>(new TypeReference<>() {});
    public static final Kind<MetricSeries> METRIC_SERIES = new Kind<>(new TypeReference<>() {});
    public static final Kind<UsageReport> USAGE = new Kind<>(new TypeReference<>() {});
    public static final Kind<Prices> PRICES = new Kind<>(new TypeReference<>() {});
    public static final Kind<Event> EVENT = new Kind<>(new TypeReference<>() {});
    /// An answer of which nothing is of interest but that it came.
    public static final Kind<Object> NOTHING = new Kind<>(new TypeReference<>() {});

    private final TypeReference<R> type;

    private Kind(TypeReference<R> type) {
        this.type = type;
    }

    TypeReference<R> type() {
        return type;
    }
}
