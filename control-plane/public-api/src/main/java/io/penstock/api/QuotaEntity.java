// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// Whom a quota is for: a principal, a client id, both together, or an address. The closest one to a client
/// counts, as in Apache Kafka.
///
/// @param principal `User:<service account id>`; `User:*`: everybody who has no quota of their own
/// @param clientId what clients call themselves; `*`: every client id that has no quota of its own
/// @param ip a literal address; `*`: every address that has no quota of its own
public record QuotaEntity(
        @Nullable String principal,
        @Nullable String clientId,
        @Nullable String ip) {}
