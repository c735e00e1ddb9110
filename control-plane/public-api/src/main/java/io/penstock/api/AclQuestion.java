// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// May somebody do something?
///
/// @param principal `User:` and a service account's id; null: everybody who may is told
/// @param host from where; any if absent
public record AclQuestion(
        @Nullable String principal,
        @Nullable String host,
        @Nullable String operation,
        @Nullable String resourceType,
        @Nullable String resourceName) {
    /// The answer.
    ///
    /// @param allowed null if no principal was named
    /// @param reason DENIED_BY_RULE, ALLOWED_BY_RULE or NO_RULE
    /// @param rule the one that decides
    /// @param allows every rule that allows it to anybody
    /// @param denies every rule that denies it to anybody
    public record Answer(
            String apiVersion,
            String kind,
            @Nullable Boolean allowed,
            @Nullable String reason,
            @Nullable Rule rule,
            List<Rule> allows,
            List<Rule> denies) {}

    /// An ACL.
    public record Rule(String id, AclSpec spec) {}
}
