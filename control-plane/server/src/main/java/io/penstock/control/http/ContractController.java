// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.ProblemCode;
import io.penstock.control.problem.ProblemException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// What can be read without a key: the contract, and a page for people about each problem.
@RestController
class ContractController {
    private static final String CONTRACT = "/io/penstock/api/openapi.yaml";
    private static final MediaType YAML = MediaType.parseMediaType("application/yaml");

    @GetMapping("/v1/openapi.yaml")
    ResponseEntity<byte[]> openApi() throws IOException {
        try (var contract = ProblemCode.class.getResourceAsStream(CONTRACT)) {
            if (contract == null) {
                throw new IOException(CONTRACT + " is not on the class path");
            }
            return ResponseEntity.ok().contentType(YAML).body(contract.readAllBytes());
        }
    }

    @GetMapping("/v1/problems")
    ResponseEntity<String> problems() {
        var list = Arrays.stream(ProblemCode.values())
                .map(code -> "<li><a href=\"%s\">%s</a> (%d): %s</li>"
                        .formatted(code.type(), code.code(), code.status(), code.title()))
                .collect(Collectors.joining("\n"));
        return page("Problems", "<ul>\n" + list + "\n</ul>");
    }

    @GetMapping("/v1/problems/{code}")
    ResponseEntity<String> problem(@PathVariable String code) {
        var problem = ProblemCode.ofCode(code)
                .orElseThrow(() -> ProblemException.of(
                        ProblemCode.NOT_FOUND, "There is no problem of that code; /v1/problems lists all."));
        return page(
                problem.code(),
                "<p>%s.</p>\n<p>HTTP status %d%s.</p>\n<h2>What to do</h2>\n<p>%s</p>"
                        .formatted(
                                problem.title(),
                                problem.status(),
                                problem.retryable() ? "; the same request may succeed later" : "",
                                problem.remedy().advice().replace("<", "&lt;")));
    }

    private static ResponseEntity<String> page(String title, String body) {
        return ResponseEntity.ok()
                .contentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8))
                .body("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title></head>\n"
                                .formatted(title)
                        + "<body><h1>%s</h1>\n%s\n</body></html>\n".formatted(title, body));
    }
}
