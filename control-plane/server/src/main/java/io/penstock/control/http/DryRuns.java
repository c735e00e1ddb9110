// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.Change;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// `dry_run=true`: the same checks and the same answer, and nothing is changed.
///
/// What only changes rows is done in a transaction that is rolled back, so a dry run cannot come to another
/// verdict than the run that follows it. Answers 200 with the resource as it would be and `x_changes`.
@Component
final class DryRuns {
    static final String PARAMETER = "dry_run";

    private static final Set<String> AFTER_RESTART = Set.of("/spec/latency_profile");
    private static final Set<String> DESTRUCTIVE =
            Set.of("/spec/configs/retention.ms", "/spec/configs/retention.bytes", "/spec/configs/cleanup.policy");
    private static final List<String> COMPARED =
            List.of("/metadata/name", "/metadata/labels", "/metadata/deletion_protection", "/spec");

    private final TransactionTemplate transactions;
    private final JsonMapper json;

    DryRuns(TransactionTemplate transactions, JsonMapper json) {
        this.transactions = transactions;
        this.json = json;
    }

    /// Does it, looks at the outcome, and takes it back.
    <T> T takenBack(Supplier<T> change) {
        return Objects.requireNonNull(transactions.execute(status -> {
            try {
                return change.get();
            } finally {
                status.setRollbackOnly();
            }
        }));
    }

    /// The answer to a creation: the resource has no id yet, and no operation.
    ResponseEntity<ObjectNode> created(Object resource) {
        ObjectNode after = tree(resource);
        String self = after.at("/metadata/self").asString("");
        after.put("id", "");
        if (after.get("metadata") instanceof ObjectNode metadata) {
            metadata.put("self", self.substring(0, self.lastIndexOf('/') + 1));
        }
        if (after.get("status") instanceof ObjectNode status && status.has("operation_id")) {
            status.putNull("operation_id");
        }
        return answer(after, List.of(new Change("", null, after.at("/metadata/name"), false, false)));
    }

    /// The answer to a change.
    ResponseEntity<ObjectNode> changed(Object before, Object after) {
        ObjectNode then = tree(after);
        return answer(then, differences(tree(before), then));
    }

    /// What is different between two documents of one resource; one of them may be missing.
    List<Change> differences(JsonNode before, JsonNode after) {
        var changes = new ArrayList<Change>();
        for (String pointer : COMPARED) {
            compare(pointer, before.at(pointer), after.at(pointer), changes);
        }
        return changes;
    }

    /// The answer to something that is not a change of the wish, such as draining a broker.
    ResponseEntity<ObjectNode> unchanged(Object resource) {
        return answer(tree(resource), List.of());
    }

    /// The answer to a deletion.
    ResponseEntity<ObjectNode> deleted(Object resource) {
        ObjectNode gone = tree(resource);
        return answer(gone, List.of(new Change("", gone.at("/metadata/name"), null, false, true)));
    }

    private ResponseEntity<ObjectNode> answer(ObjectNode resource, List<Change> changes) {
        resource.set("x_changes", json.valueToTree(changes));
        return ResponseEntity.ok(resource);
    }

    private ObjectNode tree(Object resource) {
        return json.valueToTree(resource);
    }

    private static void compare(String pointer, JsonNode before, JsonNode after, List<Change> changes) {
        if (before.equals(after)) {
            return;
        }
        if (before instanceof ObjectNode old && after instanceof ObjectNode fresh) {
            var names = new TreeSet<>(old.propertyNames());
            names.addAll(fresh.propertyNames());
            for (String name : names) {
                compare(
                        pointer + "/" + name.replace("~", "~0").replace("/", "~1"),
                        old.path(name),
                        fresh.path(name),
                        changes);
            }
            return;
        }
        changes.add(new Change(
                pointer, value(before), value(after), AFTER_RESTART.contains(pointer), DESTRUCTIVE.contains(pointer)));
    }

    private static @Nullable JsonNode value(JsonNode node) {
        return node.isMissingNode() ? null : node;
    }
}
