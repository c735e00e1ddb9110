// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authorization;

import io.penstock.kafka.security.ClusterAuthorizer;
import io.penstock.metadata.ImageChange;
import java.net.InetAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/// What principals may do in one cluster: Kafka's authorizer, asked once per principal, host, operation and thing until
/// the ACLs change. May be asked from any thread; never blocks.
public final class AccessControl implements AutoCloseable {
    /// A client that did not ask what it may do (KIP-430).
    public static final int NOT_ASKED = Integer.MIN_VALUE;

    /// Beyond this, decisions are forgotten: nobody can fill the memory with names.
    private static final int MAX_DECISIONS = 50_000;

    /// What has a meaning for a thing of that type.
    private static final Map<ResourceType, Set<AclOperation>> MEANINGFUL = Map.of(
            ResourceType.TOPIC,
            Set.of(
                    AclOperation.READ,
                    AclOperation.WRITE,
                    AclOperation.CREATE,
                    AclOperation.DESCRIBE,
                    AclOperation.DELETE,
                    AclOperation.ALTER,
                    AclOperation.DESCRIBE_CONFIGS,
                    AclOperation.ALTER_CONFIGS),
            ResourceType.GROUP,
            Set.of(
                    AclOperation.READ,
                    AclOperation.DESCRIBE,
                    AclOperation.DELETE,
                    AclOperation.DESCRIBE_CONFIGS,
                    AclOperation.ALTER_CONFIGS),
            ResourceType.CLUSTER,
            Set.of(
                    AclOperation.CREATE,
                    AclOperation.CLUSTER_ACTION,
                    AclOperation.DESCRIBE_CONFIGS,
                    AclOperation.ALTER_CONFIGS,
                    AclOperation.IDEMPOTENT_WRITE,
                    AclOperation.ALTER,
                    AclOperation.DESCRIBE));

    private record Question(
            KafkaPrincipal principal, InetAddress host, AclOperation operation, ResourceType type, String name) {}

    private final Set<KafkaPrincipal> superUsers;
    private final ClusterAuthorizer authorizer;

    /// Replaced when the ACLs changed; who still holds the one before writes into what nobody reads any more.
    private volatile Map<Question, Boolean> decisions = new ConcurrentHashMap<>();

    /// @param superUsers may do everything, whatever ACLs say
    public AccessControl(Set<KafkaPrincipal> superUsers) {
        this.superUsers = Set.copyOf(superUsers);
        this.authorizer = new ClusterAuthorizer(superUsers);
    }

    /// To be told of every step, in order.
    public void imageChanged(ImageChange change) {
        authorizer.imageChanged(change.kafka(), change.after().kafka());
        if (change.kafka().aclsDelta() != null) {
            decisions = new ConcurrentHashMap<>();
        }
    }

    public boolean allows(AuthorizableRequestContext who, AclOperation operation, ResourceType type, String name) {
        return decided(who, operation, type, name, () -> authorizer.allows(who, operation, type, name));
    }

    public boolean allowsOnTopic(AuthorizableRequestContext who, AclOperation operation, String topic) {
        return allows(who, operation, ResourceType.TOPIC, topic);
    }

    public boolean allowsOnGroup(AuthorizableRequestContext who, AclOperation operation, String group) {
        return allows(who, operation, ResourceType.GROUP, group);
    }

    public boolean allowsOnCluster(AuthorizableRequestContext who, AclOperation operation) {
        return allows(who, operation, ResourceType.CLUSTER, Resource.CLUSTER_NAME);
    }

    /// Whether there is anything of that type with which the principal may do this.
    public boolean allowsOnSome(AuthorizableRequestContext who, AclOperation operation, ResourceType type) {
        // No thing has an empty name, so it can stand for any.
        return decided(who, operation, type, "", () -> authorizer.allowsSome(who, operation, type));
    }

    /// All that the principal may do with the thing, in the bit field of KIP-430.
    public int operations(AuthorizableRequestContext who, ResourceType type, String name) {
        int bits = 0;
        for (AclOperation operation : MEANINGFUL.getOrDefault(type, Set.of())) {
            if (allows(who, operation, type, name)) {
                bits |= 1 << operation.code();
            }
        }
        return bits;
    }

    /// As [#operations], for the cluster itself.
    public int operationsOnCluster(AuthorizableRequestContext who) {
        return operations(who, ResourceType.CLUSTER, Resource.CLUSTER_NAME);
    }

    /// Kafka's authorizer itself.
    public ClusterAuthorizer authorizer() {
        return authorizer;
    }

    @Override
    public void close() {
        authorizer.close();
    }

    private boolean decided(
            AuthorizableRequestContext who,
            AclOperation operation,
            ResourceType type,
            String name,
            BooleanSupplier decide) {
        if (superUsers.contains(who.principal())) {
            return true;
        }
        Map<Question, Boolean> known = decisions;
        Question question = new Question(who.principal(), who.clientAddress(), operation, type, name);
        Boolean decided = known.get(question);
        if (decided == null) {
            decided = decide.getAsBoolean();
            if (known.size() >= MAX_DECISIONS) {
                known.clear();
            }
            known.put(question, decided);
        }
        return decided;
    }
}
