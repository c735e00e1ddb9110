// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.internals.Plugin;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.apache.kafka.server.authorizer.Authorizer;

/// Kafka's `StandardAuthorizer` for one cluster. Who is not allowed is denied. May be asked from any thread; images
/// come
/// from one.
public final class ClusterAuthorizer implements AutoCloseable {
    private final Metrics metrics = new Metrics();
    private final StandardAuthorizer authorizer;
    private final Plugin<Authorizer> plugin;
    private boolean loaded;

    /// @param superUsers may do everything, whatever ACLs say
    public ClusterAuthorizer(Set<KafkaPrincipal> superUsers) {
        Map<String, ?> config = Map.of(
                StandardAuthorizer.SUPER_USERS_CONFIG,
                superUsers.stream().map(KafkaPrincipal::toString).collect(Collectors.joining(";")),
                "node.id",
                "0",
                "process.roles",
                "broker");
        authorizer = new StandardAuthorizer();
        authorizer.configure(config);
        // Hands the authorizer its metrics, without which it answers nothing.
        plugin = Plugin.wrapInstance(authorizer, metrics, "authorizer.class.name");
    }

    /// The ACLs are those of this image from now on. Before the first one, everybody but super users is refused.
    ///
    /// @param delta how the image came to be; the first is from nothing
    public void imageChanged(MetadataDelta delta, MetadataImage image) {
        if (!loaded) {
            authorizer.loadSnapshot(image.acls().acls());
            authorizer.completeInitialLoad();
            loaded = true;
        } else if (delta.aclsDelta() != null) {
            delta.aclsDelta().changes().forEach((id, acl) -> {
                if (acl.isPresent()) {
                    authorizer.addAcl(id, acl.get());
                } else {
                    authorizer.removeAcl(id);
                }
            });
        }
    }

    /// Whether the principal may do this with a thing of that name.
    public boolean allows(AuthorizableRequestContext who, AclOperation operation, ResourceType type, String name) {
        Action action = new Action(operation, new ResourcePattern(type, name, PatternType.LITERAL), 1, false, true);
        return authorizer.authorize(who, List.of(action)).getFirst() == AuthorizationResult.ALLOWED;
    }

    /// Whether there is any thing of that type with which the principal may do this.
    public boolean allowsSome(AuthorizableRequestContext who, AclOperation operation, ResourceType type) {
        return authorizer.authorizeByResourceType(who, operation, type) == AuthorizationResult.ALLOWED;
    }

    public Iterable<AclBinding> acls(AclBindingFilter filter) {
        return authorizer.acls(filter);
    }

    /// For Kafka's coordinators, which ask it themselves.
    public Plugin<Authorizer> plugin() {
        return plugin;
    }

    @Override
    public void close() {
        try {
            authorizer.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        metrics.close();
    }
}
