// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Something happened (CloudEvents 1.0, JSON format). Types that begin with `audit.` say what somebody did.
///
/// @param source where it happened: the path of the resource
/// @param subject id of the resource
/// @param data more about it
public record Event(
        String specversion,
        String id,
        String source,
        String type,
        String subject,
        Instant time,
        String datacontenttype,
        Data data) {
    public static final String SPEC_VERSION = "1.0";

    /// What is known of it.
    ///
    /// @param actor id of who did it; `system` for what nobody asked for
    /// @param outcome SUCCEEDED, or DENIED for what somebody was not allowed to do
    /// @param address where the request came from
    /// @param changes what became different
    /// @param facts what else there is to say
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Data(
            String actor,
            @Nullable String actorName,
            @Nullable String outcome,
            ResourceRef resource,
            @Nullable String tenantId,
            @Nullable String clusterId,
            @Nullable String requestId,
            @Nullable String address,
            @Nullable String userAgent,
            @Nullable List<Change> changes,
            @Nullable Map<String, String> facts) {}
}
