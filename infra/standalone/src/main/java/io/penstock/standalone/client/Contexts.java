// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// The control planes that somebody works with, in one file that only they can read.
final class Contexts {
    private final Path file;
    private final Map<String, String> environment;

    Contexts(Path file, Map<String, String> environment) {
        this.file = file;
        this.environment = environment;
    }

    /// `PENSTOCK_CONFIG`, or `penstock/config.json` where the system keeps such files.
    static Contexts ofUser(Map<String, String> environment) {
        var given = environment.get("PENSTOCK_CONFIG");
        var folder = Optional.ofNullable(environment.get("XDG_CONFIG_HOME"))
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".config"));
        return new Contexts(
                given == null ? folder.resolve("penstock").resolve("config.json") : Path.of(given), environment);
    }

    /// In this order: what the command line says, `PENSTOCK_ENDPOINT` with `PENSTOCK_API_KEY`, the context in use, and
    /// what runs on the local data folder.
    ///
    /// @param local where the embedded default keeps its run state and key
    Context chosen(Optional<String> named, Path local) {
        var name = named.or(() -> Optional.ofNullable(environment.get("PENSTOCK_CONTEXT")));
        var endpoint = environment.get("PENSTOCK_ENDPOINT");
        if (name.isEmpty() && endpoint != null) {
            var key = environment.get("PENSTOCK_API_KEY");
            if (key == null) {
                throw new Refusal(Refusal.CONFIGURATION, "PENSTOCK_ENDPOINT is set, but PENSTOCK_API_KEY is not");
            }
            return new Context(endpoint, key);
        }
        var stored = read();
        return name.or(() -> Optional.of(stored.path("current").asString("")).filter(found -> !found.isEmpty()))
                .map(found -> context(stored, found))
                .or(() -> running(local))
                .orElseThrow(() -> new Refusal(
                        Refusal.CONFIGURATION,
                        "which control plane? Set PENSTOCK_ENDPOINT and PENSTOCK_API_KEY, or make a context:"
                                + " ./penstock context set NAME --endpoint URL --api-key-file FILE"));
    }

    private Context context(JsonNode stored, String name) {
        var found = stored.path("contexts").path(name);
        if (found.isMissingNode()) {
            throw new Refusal(Refusal.CONFIGURATION, "there is no context '" + name + "' in " + file);
        }
        var keyFile = found.path("api_key_file").asString("");
        return new Context(
                found.path("endpoint").asString(""),
                keyFile.isEmpty() ? found.path("api_key").asString("") : text(Path.of(keyFile)));
    }

    private static Optional<Context> running(Path local) {
        var state = local.resolve("run").resolve("state.json");
        var key = local.resolve("secrets").resolve("api-key");
        if (!Files.isRegularFile(state) || !Files.isRegularFile(key)) {
            return Optional.empty();
        }
        var runs = ControlPlane.JSON.readTree(text(state));
        var port = runs.at("/httpPorts/0").asInt(8080);
        return Optional.of(new Context("http://127.0.0.1:" + port, text(key)));
    }

    /// Name to endpoint; the one in use first.
    Map<String, String> known() {
        var stored = read();
        var current = stored.path("current").asString("");
        Map<String, String> all = new TreeMap<>(Comparator.<String, Boolean>comparing(name -> !name.equals(current))
                .thenComparing(Comparator.naturalOrder()));
        stored.path("contexts")
                .properties()
                .forEach(entry -> all.put(
                        entry.getKey(), entry.getValue().path("endpoint").asString("")));
        return all;
    }

    /// Remembers a control plane, and uses it from now on.
    void set(String name, String endpoint, Optional<String> apiKey, Optional<Path> apiKeyFile) {
        var stored = read().asObject();
        var entry = stored.withObject("/contexts").putObject(name).put("endpoint", endpoint);
        apiKey.ifPresent(key -> entry.put("api_key", key));
        apiKeyFile.ifPresent(
                path -> entry.put("api_key_file", path.toAbsolutePath().toString()));
        write(stored.put("current", name));
    }

    void use(String name) {
        var stored = read().asObject();
        context(stored, name);
        write(stored.put("current", name));
    }

    private JsonNode read() {
        return Files.isRegularFile(file) ? ControlPlane.JSON.readTree(text(file)) : ControlPlane.object();
    }

    private void write(JsonNode stored) {
        try {
            var folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(file, stored.toPrettyString());
        } catch (IOException e) {
            throw new Refusal(Refusal.CONFIGURATION, "cannot write " + file + ": " + e.getMessage());
        }
    }

    private static String text(Path path) {
        try {
            return Files.readString(path).strip();
        } catch (IOException e) {
            throw new Refusal(Refusal.CONFIGURATION, "cannot read " + path + ": " + e.getMessage());
        }
    }
}
