// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A small resource that is read and written whole.
///
/// @param kind its kind in the API
/// @param tenantId whose it is; empty: the organization's
/// @param clusterId of which cluster it speaks alone; only with a tenant
/// @param spec what it says; a JSON object
/// @param version grows with each change
public record Document(
        String id,
        String kind,
        Optional<String> tenantId,
        Optional<String> clusterId,
        String name,
        Map<String, String> labels,
        boolean deletionProtection,
        JsonNode spec,
        String createdBy,
        Instant createdAt,
        Instant updatedAt,
        long version) {
    public Document {
        labels = Map.copyOf(labels);
    }

    /// The same, saying something else from now on.
    public Document changed(Description description, JsonNode newSpec, Instant at) {
        return new Document(
                id,
                kind,
                tenantId,
                clusterId,
                description.name(),
                description.labels(),
                description.deletionProtection(),
                newSpec,
                createdBy,
                createdAt,
                at,
                version + 1);
    }
}
