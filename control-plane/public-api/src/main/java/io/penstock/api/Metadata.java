// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What every resource says about itself.
///
/// @param tenantId absent where the resource belongs to the organization
/// @param resourceVersion grows with every change; the ETag is this in quotes
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Metadata(
        String name,
        @Nullable String tenantId,
        Map<String, String> labels,
        Instant createdAt,
        Instant updatedAt,
        String createdBy,
        String resourceVersion,
        String self,
        boolean deletionProtection) {}
