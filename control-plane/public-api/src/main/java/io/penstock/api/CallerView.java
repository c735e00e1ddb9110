// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who a credential stands for, and what it may do.
public record CallerView(String apiVersion, String kind, String id, String name, List<Grant> grants) {
    /// A role in a place.
    ///
    /// @param tenantId null: the whole organization
    /// @param clusterId null: not of one cluster only
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Grant(
            String role,
            List<String> permissions,
            @Nullable String tenantId,
            @Nullable String clusterId) {}
}
