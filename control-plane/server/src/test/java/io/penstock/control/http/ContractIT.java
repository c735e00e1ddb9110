// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.ProblemCode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.yaml.snakeyaml.Yaml;

/// The contract is written first; controllers and records must be what it says, no more and no less.
class ContractIT extends ApiContract {
    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    RequestMappingHandlerMapping mappings = new RequestMappingHandlerMapping();

    @Test
    void theContractNamesExactlyThePathsAndMethodsThatAreServed() {
        var promised = new TreeSet<String>();
        asMap(contract().get("paths"))
                .forEach((path, methods) -> asMap(methods).forEach((method, operation) -> {
                    if (!asMap(operation).containsKey("x-management")) {
                        promised.add(method.toUpperCase(Locale.ROOT) + " " + path);
                    }
                }));
        var served = new TreeSet<String>();
        mappings.getHandlerMethods().forEach((mapping, handler) -> {
            if (handler.getBeanType().getName().startsWith("io.penstock.")) {
                mapping.getPatternValues()
                        .forEach(path -> mapping.getMethodsCondition()
                                .getMethods()
                                .forEach(method -> served.add(method + " " + path)));
            }
        });

        assertThat(served).isEqualTo(promised);
    }

    @Test
    void theSchemasNameExactlyTheFieldsOfTheRecords() throws ClassNotFoundException {
        var schemas = asMap(asMap(contract().get("components")).get("schemas"));
        var checked = new TreeSet<String>();
        for (var schema : schemas.entrySet()) {
            var record = asMap(schema.getValue()).get("x-record");
            if (record == null) {
                continue;
            }
            var type = Class.forName("io.penstock.api." + record);
            var fields = Arrays.stream(type.getRecordComponents())
                    .map(component -> snakeCase(component.getName()))
                    .collect(Collectors.toCollection(TreeSet::new));
            Set<String> promised = new TreeSet<>(
                    asMap(asMap(schema.getValue()).get("properties")).keySet());
            assertThat(promised).as(schema.getKey()).isEqualTo(fields);
            checked.add(schema.getKey());
        }
        assertThat(checked).hasSizeGreaterThan(30);
    }

    @Test
    void everyOperationHasAnIdAndEveryProblemAPage() {
        var ids = asMap(contract().get("paths")).values().stream()
                .flatMap(methods -> asMap(methods).values().stream())
                .map(operation -> asMap(operation).get("operationId"))
                .toList();
        assertThat(ids).doesNotContainNull().doesNotHaveDuplicates();
        for (var code : ProblemCode.values()) {
            var page = send("GET", code.type(), null, null);
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.header("Content-Type")).startsWith("text/html");
            assertThat(page.response().body()).contains(code.code());
        }
    }

    @Test
    void whatIsNotServedIsToldAsAProblem() {
        assertThat(get("/v1/nowhere").text("/code")).isEqualTo("not_found");
        assertThat(send("PUT", "/v1/tenants", "{}", adminKey()).text("/code")).isEqualTo("method_not_allowed");
        var plain = post("/v1/tenants", "name=x", "Content-Type", "text/plain");
        assertThat(plain.text("/code")).isIn("unsupported_media_type", "invalid_argument");
        assertThat(get("/v1/operations/op_x").status()).isEqualTo(404);
        assertThat(get("/v1/operations?state=BORED").text("/errors/0/pointer")).isEqualTo("?state");
    }

    private Map<String, Object> contract() {
        return asMap(new Yaml()
                .load(send("GET", "/v1/openapi.yaml", null, null).response().body()));
    }

    private static Map<String, Object> asMap(@org.jspecify.annotations.Nullable Object node) {
        var map = new TreeMap<String, Object>();
        if (node instanceof Map<?, ?> entries) {
            entries.forEach((key, value) -> map.put(String.valueOf(key), value));
        }
        return map;
    }

    private static String snakeCase(String name) {
        return List.of(name.split("(?=[A-Z])")).stream()
                .map(word -> word.toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("_"));
    }
}
