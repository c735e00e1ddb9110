// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ProblemCode;
import io.penstock.control.access.Permission;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.yaml.snakeyaml.Yaml;

/// What the contract says of each operation beyond its shape.
@Component
class Contract {
    private static final String FILE = "/io/penstock/api/openapi.yaml";

    private final Map<String, Operation> operations = new HashMap<>();

    Contract() {
        try (var contract = ProblemCode.class.getResourceAsStream(FILE)) {
            Map<String, Object> document = new Yaml().load(contract);
            entries(document.get("paths"))
                    .forEach((path, methods) -> entries(methods)
                            .forEach((method, operation) -> operations.put(
                                    method.toUpperCase(Locale.ROOT) + " " + path, Operation.of(entries(operation)))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// @param permission what a caller needs; empty: a credential, or nothing at all
    /// @param inOrganization whether the permission must hold in the whole organization
    record Operation(String id, Optional<Permission> permission, boolean inOrganization) {
        private static Operation of(Map<String, Object> operation) {
            var id = String.valueOf(operation.get("operationId"));
            // Where the contract says nothing the services alone decide; a test wants it to say something everywhere.
            var permission = String.valueOf(operation.getOrDefault("x-permission", "none"));
            return new Operation(
                    id,
                    permission.equals("none")
                            ? Optional.empty()
                            : Optional.of(Permission.ofText(permission)
                                    .orElseThrow(() -> new IllegalStateException(
                                            id + " needs a permission that does not exist: " + permission))),
                    "organization".equals(operation.get("x-scope")));
        }
    }

    /// @param path as in the contract, with its variables
    Optional<Operation> operation(String method, String path) {
        return Optional.ofNullable(operations.get((method.equals("HEAD") ? "GET" : method) + " " + path));
    }

    /// What is done by it, in words for events: `createServiceAccount` is `service_account.create`.
    String deed(String method, String path) {
        var id = operation(method, path).map(Operation::id).orElse("unknownRequest");
        var words = id.split("(?=[A-Z])", 2);
        var thing = words.length == 1 ? "it" : words[1].replaceAll("(?<=.)(?=[A-Z])", "_");
        return (thing + "." + words[0]).toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> entries(@Nullable Object node) {
        var entries = new HashMap<String, Object>();
        if (node instanceof Map<?, ?> map) {
            map.forEach((key, value) -> entries.put(String.valueOf(key), value));
        }
        return entries;
    }
}
