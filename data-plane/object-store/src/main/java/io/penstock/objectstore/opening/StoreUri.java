// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.opening;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.modelled.StoreModel;
import io.penstock.objectstore.s3.S3Location;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// A store's address, read and checked. Pure: opens nothing.
///
/// - `file:DIR` (also `file:///DIR`)
/// - `s3://bucket/root?endpoint=http://host:port&region=…&path_style=true`
/// - `memory:` a new, empty store for tests
///
/// Each may carry `put_ms`, `put_p99_ms`, `get_ms`, `get_p99_ms`, `error_rate`, `lost_reply_rate`: a model.
public sealed interface StoreUri {
    Optional<StoreModel> model();

    /// What metrics and logs call the store: the URI without parameters.
    String name();

    record File(Path folder, Optional<StoreModel> model) implements StoreUri {
        @Override
        public String name() {
            return "file:" + folder;
        }
    }

    record S3(S3Location location, Optional<StoreModel> model) implements StoreUri {
        @Override
        public String name() {
            return "s3://" + location.bucket() + (location.root().isEmpty() ? "" : "/" + location.root());
        }
    }

    record Memory(Optional<StoreModel> model) implements StoreUri {
        @Override
        public String name() {
            return "memory:";
        }
    }

    static StoreUri parse(String uri) {
        return new Parser(uri).parse();
    }

    /// Reads one URI; every complaint names it whole.
    final class Parser {
        private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
        private static final Set<String> MODEL_PARAMETERS =
                Set.of("put_ms", "put_p99_ms", "get_ms", "get_p99_ms", "error_rate", "lost_reply_rate");
        private static final Set<String> S3_PARAMETERS = Set.of("endpoint", "region", "path_style");

        private final String uri;

        private Parser(String uri) {
            this.uri = uri;
        }

        private StoreUri parse() {
            int question = uri.indexOf('?');
            String place = question < 0 ? uri : uri.substring(0, question);
            Map<String, String> parameters = parameters(question < 0 ? "" : uri.substring(question + 1));
            if (place.startsWith("file:")) {
                refuseUnknown(parameters, Set.of());
                return new File(folder(place.substring("file:".length())), model(parameters));
            }
            if (place.startsWith("s3://")) {
                refuseUnknown(parameters, S3_PARAMETERS);
                return new S3(location(place.substring("s3://".length()), parameters), model(parameters));
            }
            if (place.equals("memory:")) {
                refuseUnknown(parameters, Set.of());
                return new Memory(model(parameters));
            }
            throw wrong(StoreUriProblem.UNKNOWN_SCHEME, "this is no store that Penstock knows.");
        }

        private Map<String, String> parameters(String query) {
            Map<String, String> parameters = new LinkedHashMap<>();
            if (query.isEmpty()) {
                return parameters;
            }
            for (String parameter : query.split("&", -1)) {
                int equals = parameter.indexOf('=');
                if (equals < 1) {
                    throw wrong(StoreUriProblem.MALFORMED, "'" + parameter + "' is not name=value.");
                }
                String name = parameter.substring(0, equals);
                if (parameters.put(name, decoded(parameter.substring(equals + 1))) != null) {
                    throw wrong(StoreUriProblem.MALFORMED, "'" + name + "' is given twice.");
                }
            }
            return parameters;
        }

        private String decoded(String value) {
            try {
                // '+' stays: this is a URI, not a form.
                return URLDecoder.decode(value.replace("+", "%2B"), UTF_8);
            } catch (IllegalArgumentException e) {
                throw wrong(StoreUriProblem.MALFORMED, "'" + value + "' is not percent-encoded.");
            }
        }

        private void refuseUnknown(Map<String, String> parameters, Set<String> known) {
            for (String name : parameters.keySet()) {
                if (!known.contains(name) && !MODEL_PARAMETERS.contains(name)) {
                    String others = known.isEmpty() ? "none" : String.join(", ", new TreeSet<>(known));
                    throw wrong(
                            StoreUriProblem.UNKNOWN_PARAMETER,
                            "'" + name + "' is not a parameter of this store (known: " + others + ").");
                }
            }
        }

        private Path folder(String path) {
            String folder = path.startsWith("///") ? path.substring(2) : path;
            if (folder.isBlank()) {
                throw wrong(StoreUriProblem.FOLDER_MISSING, "no folder is named.");
            }
            if (folder.startsWith("//")) {
                throw wrong(StoreUriProblem.MALFORMED, "a file store has no host; write file:///DIR or file:DIR.");
            }
            try {
                return Path.of(folder);
            } catch (InvalidPathException e) {
                throw wrong(StoreUriProblem.MALFORMED, "this is not a path: " + e.getReason() + ".");
            }
        }

        private S3Location location(String path, Map<String, String> parameters) {
            int slash = path.indexOf('/');
            String bucket = slash < 0 ? path : path.substring(0, slash);
            String root = slash < 0 ? "" : path.substring(slash + 1).replaceAll("/+$", "");
            if (bucket.isEmpty()) {
                throw wrong(StoreUriProblem.BUCKET_MISSING, "no bucket is named.");
            }
            if (!BUCKET.matcher(bucket).matches()) {
                throw wrong(
                        StoreUriProblem.BAD_VALUE,
                        "'" + bucket + "' is not a bucket's name (3 to 63 of a-z, 0-9, '.' and '-').");
            }
            if (!root.isEmpty()) {
                try {
                    ObjectKey.of(root);
                } catch (IllegalArgumentException _) {
                    throw wrong(
                            StoreUriProblem.BAD_VALUE,
                            "'" + root + "' is not a root (segments of A-Z, a-z, 0-9, '_', '.', '=' and '-').");
                }
            }
            return new S3Location(
                    bucket,
                    root,
                    Optional.ofNullable(parameters.get("endpoint")).map(this::endpoint),
                    region(parameters),
                    bool(parameters, "path_style"));
        }

        private Optional<String> region(Map<String, String> parameters) {
            String region = parameters.get("region");
            if (region != null) {
                if (!region.matches("[a-z0-9-]+")) {
                    throw wrong(StoreUriProblem.BAD_VALUE, "'" + region + "' is not a region.");
                }
                return Optional.of(region);
            }
            // Servers other than AWS's mostly do not care; the signature must name one.
            return parameters.containsKey("endpoint") ? Optional.of("us-east-1") : Optional.empty();
        }

        private URI endpoint(String text) {
            try {
                URI endpoint = URI.create(text);
                if (endpoint.getHost() != null
                        && ("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))) {
                    return endpoint;
                }
            } catch (IllegalArgumentException _) {
                // Told below.
            }
            throw wrong(
                    StoreUriProblem.BAD_VALUE, "endpoint '" + text + "' is not http://host:port or https://host:port.");
        }

        private boolean bool(Map<String, String> parameters, String name) {
            String value = parameters.getOrDefault(name, "false");
            return switch (value) {
                case "true" -> true;
                case "false" -> false;
                default -> throw wrong(StoreUriProblem.BAD_VALUE, name + " is true or false, not '" + value + "'.");
            };
        }

        private Optional<StoreModel> model(Map<String, String> parameters) {
            if (parameters.keySet().stream().noneMatch(MODEL_PARAMETERS::contains)) {
                return Optional.empty();
            }
            try {
                return Optional.of(new StoreModel(
                        latency(parameters, "put_ms", "put_p99_ms"),
                        latency(parameters, "get_ms", "get_p99_ms"),
                        number(parameters, "error_rate").orElse(0.0),
                        number(parameters, "lost_reply_rate").orElse(0.0)));
            } catch (IllegalArgumentException e) {
                throw wrong(StoreUriProblem.BAD_VALUE, e.getMessage() + ".");
            }
        }

        private StoreModel.Latency latency(Map<String, String> parameters, String p50Name, String p99Name) {
            Optional<Double> p50 = number(parameters, p50Name);
            Optional<Double> p99 = number(parameters, p99Name);
            if (p50.isEmpty() && p99.isPresent()) {
                throw wrong(StoreUriProblem.BAD_VALUE, p99Name + " needs " + p50Name + ".");
            }
            Duration median = millis(p50.orElse(0.0));
            return new StoreModel.Latency(median, p99.map(Parser::millis).orElse(median));
        }

        private static Duration millis(double millis) {
            return Duration.ofNanos((long) (millis * 1e6));
        }

        private Optional<Double> number(Map<String, String> parameters, String name) {
            String value = parameters.get(name);
            if (value == null) {
                return Optional.empty();
            }
            try {
                double number = Double.parseDouble(value);
                if (number >= 0 && number <= 1e7) {
                    return Optional.of(number);
                }
            } catch (NumberFormatException _) {
                // Told below.
            }
            throw wrong(StoreUriProblem.BAD_VALUE, name + " is a number from 0 on, not '" + value + "'.");
        }

        private StoreUriException wrong(StoreUriProblem problem, String detail) {
            return new StoreUriException(problem, uri, detail, null);
        }
    }
}
