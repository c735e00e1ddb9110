// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// Who may (or may not) do what with which things of a cluster, in Kafka's words.
///
/// @param principal `User:<service account id>`, or `User:*` for everybody
/// @param host from which address; `*` (default): any
/// @param resourceType TOPIC, GROUP, CLUSTER, TRANSACTIONAL_ID, DELEGATION_TOKEN or USER
/// @param resourceName `*`: all; for CLUSTER `kafka-cluster`, which may be left out
/// @param patternType LITERAL (default) or PREFIXED
/// @param operation READ, WRITE, CREATE, DELETE, ALTER, DESCRIBE, CLUSTER_ACTION, DESCRIBE_CONFIGS, ALTER_CONFIGS,
///     IDEMPOTENT_WRITE, CREATE_TOKENS, DESCRIBE_TOKENS, TWO_PHASE_COMMIT or ALL
/// @param permission ALLOW (default) or DENY, which wins
public record AclSpec(
        @Nullable String principal,
        @Nullable String host,
        @Nullable String resourceType,
        @Nullable String resourceName,
        @Nullable String patternType,
        @Nullable String operation,
        @Nullable String permission) {}
