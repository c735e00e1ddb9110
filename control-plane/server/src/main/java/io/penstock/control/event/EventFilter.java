// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.event;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Which events are meant; an empty text stands for all.
///
/// @param type the beginning of the type: `audit.` or `cluster.ready`
/// @param since the earliest time
/// @param until a later event is not meant
public record EventFilter(
        String type,
        String actor,
        String resourceId,
        String tenantId,
        String clusterId,
        Optional<Instant> since,
        Optional<Instant> until) {
    static final String CONDITION = """
        (:type = '' or starts_with(type, :type)) and (:actor = '' or actor = :actor)
          and (:resource = '' or resource_id = :resource) and (:tenant = '' or tenant_id = :tenant)
          and (:cluster = '' or cluster_id = :cluster)
          and at >= cast(:since as timestamptz) and at < cast(:until as timestamptz)\
        """;

    Map<String, Object> parameters() {
        var parameters = new HashMap<String, Object>();
        parameters.put("type", type);
        parameters.put("actor", actor);
        parameters.put("resource", resourceId);
        parameters.put("tenant", tenantId);
        parameters.put("cluster", clusterId);
        parameters.put("since", since.map(Instant::toString).orElse("-infinity"));
        parameters.put("until", until.map(Instant::toString).orElse("infinity"));
        return parameters;
    }
}
