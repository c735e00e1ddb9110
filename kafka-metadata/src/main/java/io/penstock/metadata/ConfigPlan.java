// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What asked-for changes of settings come to.
public sealed interface ConfigPlan {
    /// @param changes for [MetalogRecords#setConfigs]; empty if nothing changes
    /// @param result all that is set by hand afterwards
    record Accepted(Map<String, Optional<String>> changes, Map<String, String> result) implements ConfigPlan {
        public Accepted {
            changes = Map.copyOf(changes);
            result = Map.copyOf(result);
        }
    }

    /// Nothing is to be changed.
    record Refused(List<ConfigProblem> problems) implements ConfigPlan {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
