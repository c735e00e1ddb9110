// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialDeletion;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData.ScramCredentialUpsertion;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.metadata.ClientQuotaRecord;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.scram.ScramCredential;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.server.common.ApiMessageAndVersion;
import org.junit.jupiter.api.Test;

/// Who may do what, as the metalog tells it.
class AccessTest {
    private static final ScramCredential KEYS =
            new ScramCredential(bytes("salt"), bytes("stored"), bytes("server"), 4096);
    private static final Credential EXPIRING = new Credential("key_1", "sa_orders", 5, OptionalLong.of(9));
    private static final AclBinding READ_ORDERS =
            acl("orders", PatternType.LITERAL, "User:sa_orders", AclOperation.READ);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static AclBinding acl(String topic, PatternType pattern, String principal, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, topic, pattern),
                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
    }

    private static List<MetalogRecord> everyRecordOfAccess() {
        return List.of(
                AccessRecords.createAcl(ACluster.topicId(7), StandardAcl.fromAclBinding(READ_ORDERS)),
                AccessRecords.createAcl(
                        ACluster.topicId(8),
                        StandardAcl.fromAclBinding(acl("pay", PatternType.PREFIXED, "User:*", AclOperation.ALL))),
                AccessRecords.deleteAcl(ACluster.topicId(8)),
                AccessRecords.setScram("key_1", ScramMechanism.SCRAM_SHA_512, KEYS),
                AccessRecords.setScram("key_2", ScramMechanism.SCRAM_SHA_256, KEYS),
                AccessRecords.removeScram("key_2", ScramMechanism.SCRAM_SHA_256),
                AccessRecords.issue(EXPIRING),
                AccessRecords.issue(new Credential("key_3", "sa_orders", 6, OptionalLong.empty())),
                new MetalogRecord.CredentialRevoked("key_3"));
    }

    private static Supplier<Uuid> ids() {
        AtomicInteger next = new AtomicInteger(100);
        return () -> ACluster.topicId(next.getAndIncrement());
    }

    @Test
    void theBytesOfAnEntryAboutAccessArePinned() throws Exception {
        MetalogEntry entry =
                new MetalogEntry(7, 0x0123456789abcdefL, ACluster.OWNER, 42, 1_700_000_000_000L, everyRecordOfAccess());

        Golden.assertSame("access-entry-v1", MetalogCodec.encode(entry).bytes());
        assertThat(MetalogCodec.decode(7, ByteBuffer.wrap(Golden.read("access-entry-v1"))))
                .isEqualTo(entry);
    }

    @Test
    void theBytesOfASnapshotWithAccessArePinned() throws Exception {
        ACluster cluster = ACluster.withShards(2);
        cluster.enter(everyRecordOfAccess());
        cluster.enter(AccessRecords.issue(new Credential("key_4", "sa_pay", 7, OptionalLong.empty())));

        Golden.assertSame("access-snapshot-v1", MetaSnapshot.encode(cluster.image()));
        ClusterImage read = MetaSnapshot.decode(3, ByteBuffer.wrap(Golden.read("access-snapshot-v1")))
                .image();
        assertThat(read.credentials()).containsOnlyKeys("key_1", "key_4").containsEntry("key_1", EXPIRING);
        assertThat(read.kafka().acls()).isEqualTo(cluster.image().kafka().acls());
        assertThat(read.kafka().scram()).isEqualTo(cluster.image().kafka().scram());
        assertThat(MetaSnapshot.encode(read)).isEqualTo(MetaSnapshot.encode(cluster.image()));
    }

    @Test
    void anAclForAnythingIsRefusedAndTheOthersAreMade() throws Exception {
        short version = 3;
        CreateAclsRequestData request = new CreateAclsRequestData()
                .setCreations(List.of(
                        creation(ResourceType.ANY), creation(ResourceType.TOPIC), creation(ResourceType.UNKNOWN)));

        AccessRequests.Plan plan = AccessRequests.plan(
                ACluster.withShards(1).image(),
                ApiKeys.CREATE_ACLS,
                version,
                MessageUtil.toByteBufferAccessor(request, version).buffer(),
                ids());

        assertThat(new CreateAclsResponseData(new ByteBufferAccessor(plan.response()), version).results())
                .extracting(CreateAclsResponseData.AclCreationResult::errorCode)
                .containsExactly(Errors.INVALID_REQUEST.code(), Errors.NONE.code(), Errors.INVALID_REQUEST.code());
        assertThat(plan.records()).hasSize(1);
    }

    private static CreateAclsRequestData.AclCreation creation(ResourceType type) {
        return new CreateAclsRequestData.AclCreation()
                .setResourceType(type.code())
                .setResourceName("orders")
                .setPrincipal("User:a")
                .setHost("*")
                .setOperation(AclOperation.READ.code())
                .setPermissionType(AclPermissionType.ALLOW.code());
    }

    @Test
    void aUserNameNeverChangesHands() {
        ACluster cluster = ACluster.withShards(1);
        cluster.enter(AccessRecords.issue(EXPIRING));

        ImageChange taken =
                cluster.enter(AccessRecords.issue(new Credential("key_1", "thief", 6, OptionalLong.empty())));
        ImageChange revokedTwice = cluster.enter(
                List.of(new MetalogRecord.CredentialRevoked("key_1"), new MetalogRecord.CredentialRevoked("key_1")));
        ImageChange prolonged =
                cluster.enter(AccessRecords.issue(new Credential("key_1", "sa_orders", 5, OptionalLong.of(20))));

        assertThat(taken.voidReason().orElseThrow()).contains("stands for principal 'sa_orders'");
        assertThat(revokedTwice.voidReason().orElseThrow()).contains("there is no credential");
        assertThat(prolonged.isVoid()).isFalse();
        Credential after = Objects.requireNonNull(cluster.image().credentials().get("key_1"));
        assertThat(after.isExpired(19)).isFalse();
        assertThat(after.isExpired(20)).isTrue();
    }

    @Test
    void revokingForgetsTheKeysOfEveryMechanism() {
        ACluster cluster = ACluster.withShards(1);
        cluster.enter(
                AccessRecords.issue(EXPIRING),
                AccessRecords.setScram("key_1", ScramMechanism.SCRAM_SHA_512, KEYS),
                AccessRecords.setScram("key_1", ScramMechanism.SCRAM_SHA_256, KEYS),
                AccessRecords.setScram("other", ScramMechanism.SCRAM_SHA_256, KEYS));

        cluster.enter(AccessRecords.revoke(cluster.image(), "key_1"));

        assertThat(cluster.image().credentials()).isEmpty();
        assertThat(ScramPlan.keys(cluster.image(), "key_1", ScramMechanism.SCRAM_SHA_512))
                .isEmpty();
        assertThat(ScramPlan.keys(cluster.image(), "key_1", ScramMechanism.SCRAM_SHA_256))
                .isEmpty();
        assertThat(ScramPlan.keys(cluster.image(), "other", ScramMechanism.SCRAM_SHA_256))
                .isPresent();
    }

    @Test
    void anAclThatIsThereIsNotWrittenAgainAndBadOnesAreRefused() {
        ACluster cluster = ACluster.withShards(1);
        cluster.enter(
                AclPlan.create(cluster.image(), List.of(READ_ORDERS), ids()).records());

        AclPlan.Plan<AclPlan.Created> plan = AclPlan.create(
                cluster.image(),
                List.of(
                        READ_ORDERS,
                        acl("pay", PatternType.PREFIXED, "User:a", AclOperation.WRITE),
                        acl("pay", PatternType.PREFIXED, "User:a", AclOperation.WRITE),
                        acl("pay", PatternType.UNKNOWN, "User:a", AclOperation.WRITE),
                        acl("pay", PatternType.LITERAL, "a", AclOperation.WRITE),
                        acl("pay", PatternType.LITERAL, "User:a", AclOperation.UNKNOWN),
                        acl("", PatternType.LITERAL, "User:a", AclOperation.READ),
                        new AclBinding(
                                new ResourcePattern(ResourceType.CLUSTER, "mine", PatternType.LITERAL),
                                READ_ORDERS.entry())),
                () -> ACluster.topicId(200));

        assertThat(plan.results().subList(0, 3))
                .containsExactly(
                        new AclPlan.Created.Is(ACluster.topicId(100), false),
                        new AclPlan.Created.Is(ACluster.topicId(200), true),
                        new AclPlan.Created.Is(ACluster.topicId(200), false));
        assertThat(plan.results().subList(3, 8)).hasOnlyElementsOfType(AclPlan.Created.Refused.class);
        assertThat(plan.records()).hasSize(1);
    }

    @Test
    void aFilterTellsAndDeletesAllThatItMatches() {
        ACluster cluster = ACluster.withShards(1);
        List<AclBinding> both = List.of(READ_ORDERS, acl("pay", PatternType.LITERAL, "User:a", AclOperation.READ));
        cluster.enter(AclPlan.create(cluster.image(), both, ids()).records());

        AclPlan.Plan<AclPlan.Deleted> plan =
                AclPlan.delete(cluster.image(), List.of(READ_ORDERS.toFilter(), AclBindingFilter.ANY));
        cluster.enter(plan.records());

        assertThat(plan.results())
                .extracting(result -> ((AclPlan.Deleted.Matched) result).acls().size())
                .containsExactly(1, 2);
        assertThat(cluster.image().kafka().acls().isEmpty()).isTrue();
    }

    @Test
    void scramCredentialsOfKafkaClientsFollowKafkasRules() {
        ACluster cluster = ACluster.withShards(1);
        cluster.enter(AccessRecords.issue(EXPIRING), AccessRecords.setScram("old", ScramMechanism.SCRAM_SHA_256, KEYS));
        AlterUserScramCredentialsRequestData asked = new AlterUserScramCredentialsRequestData();
        asked.deletions().add(new ScramCredentialDeletion().setName("old").setMechanism((byte) 1));
        asked.deletions().add(new ScramCredentialDeletion().setName("none").setMechanism((byte) 1));
        asked.upsertions().add(upsertion("alice", (byte) 2, 8192));
        asked.upsertions().add(upsertion("few", (byte) 2, 4095));
        asked.upsertions().add(upsertion("many", (byte) 2, 16_385));
        asked.upsertions().add(upsertion("odd", (byte) 7, 4096));
        asked.upsertions().add(upsertion("twice", (byte) 1, 4096));
        asked.upsertions().add(upsertion("twice", (byte) 1, 4096));
        asked.upsertions().add(upsertion("key_1", (byte) 1, 4096));
        asked.upsertions().add(upsertion("", (byte) 1, 4096));

        ScramPlan plan = ScramPlan.of(cluster.image(), asked);
        cluster.enter(plan.records());

        List<Errors> errors = new ArrayList<>();
        plan.results().values().stream().map(ApiError::error).forEach(errors::add);
        assertThat(plan.results()).containsOnlyKeys("old", "none", "alice", "few", "many", "odd", "twice", "key_1", "");
        assertThat(errors)
                .containsExactly(
                        Errors.NONE,
                        Errors.RESOURCE_NOT_FOUND,
                        Errors.NONE,
                        Errors.UNACCEPTABLE_CREDENTIAL,
                        Errors.UNACCEPTABLE_CREDENTIAL,
                        Errors.UNSUPPORTED_SASL_MECHANISM,
                        Errors.DUPLICATE_RESOURCE,
                        Errors.UNACCEPTABLE_CREDENTIAL,
                        Errors.UNACCEPTABLE_CREDENTIAL);
        assertThat(plan.records()).hasSize(2);
        assertThat(ScramPlan.keys(cluster.image(), "old", ScramMechanism.SCRAM_SHA_256))
                .isEmpty();
        assertThat(ScramPlan.keys(cluster.image(), "alice", ScramMechanism.SCRAM_SHA_512))
                .isPresent();
    }

    private static ScramCredentialUpsertion upsertion(String user, byte mechanism, int iterations) {
        return new ScramCredentialUpsertion()
                .setName(user)
                .setMechanism(mechanism)
                .setIterations(iterations)
                .setSalt(bytes("salt"))
                .setSaltedPassword(bytes("salted"));
    }

    @Test
    void quotasAreInTheImageToo() {
        ACluster cluster = ACluster.withShards(1);
        ClientQuotaRecord quota =
                new ClientQuotaRecord().setKey("producer_byte_rate").setValue(1024);
        quota.entity()
                .add(new ClientQuotaRecord.EntityData().setEntityType("user").setEntityName("sa_orders"));

        cluster.enter(new MetalogRecord.Kafka(new ApiMessageAndVersion(quota, (short) 0)));

        assertThat(cluster.image().kafka().clientQuotas().entities()).hasSize(1);
    }
}
