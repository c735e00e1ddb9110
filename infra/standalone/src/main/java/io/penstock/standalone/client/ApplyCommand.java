// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// `./penstock apply -f FILE`: makes things what a file says, one document after the other.
@Command(
        name = "apply",
        description = "Makes things what a file says: creates what is not there, changes what is.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "The file has the API's envelopes, YAML or JSON, documents parted by ---. `metadata.tenant`,",
            "`metadata.cluster`, `spec.fleet` and `spec.bucket` may name what the API wants as an id."
        })
public final class ApplyCommand implements Callable<Integer> {
    @Mixin
    private Remote remote = new Remote();

    @Mixin
    private PlaceOptions place = new PlaceOptions();

    @Option(
            names = {"-f", "--file"},
            required = true,
            paramLabel = "FILE",
            description = "- for what comes in.")
    private String file = "";

    @Option(names = "--wait", description = "Wait until what takes long is done.")
    private boolean wait;

    @Option(names = "--dry-run", description = "Decide, but change nothing.")
    private boolean dryRun;

    @Override
    public Integer call() {
        var documents = read();
        var directory = remote.directory();
        for (var document : documents) {
            System.out.println(apply(directory, document));
        }
        return 0;
    }

    private String apply(Directory directory, ObjectNode document) {
        var kind = Kind.named(document.path("kind").asString(""));
        var metadata = document.withObject("/metadata");
        var where = taken(metadata, "cluster").map(Directory.Place::ofCluster).orElseGet(place::place);
        named(directory, metadata, "tenant", "tenants");
        if (document.path("spec") instanceof ObjectNode spec) {
            named(directory, spec, "fleet", "fleets");
            named(directory, spec, "bucket", "buckets");
        }
        if (metadata.isEmpty()) {
            document.remove("metadata");
        }
        var name = metadata.path("name").asString("");
        var collection = directory.collection(kind, where);
        var query = dryRun ? "?dry_run=true" : "";
        var there =
                name.isEmpty() ? Optional.<tools.jackson.databind.JsonNode>empty() : directory.find(kind, where, name);
        var subject = kind.singular() + (name.isEmpty() ? "" : " " + name);
        if (there.isEmpty()) {
            var answer = directory.api().post(collection + query, document);
            if (dryRun) {
                return subject + " would be made";
            }
            if (wait) {
                answer.operation().ifPresent(directory.api()::await);
            }
            var secret = answer.body().path("status").path("secret").asString("");
            return subject
                    + (answer.status() == 200 ? " unchanged" : " made")
                    + (secret.isEmpty() ? "" : "\n  secret, shown this once: " + secret);
        }
        var path = collection + "/" + Kind.address(there.get());
        var patch = ControlPlane.object();
        if (document.has("spec")) {
            patch.set("spec", document.path("spec"));
        }
        var changeable = metadata.deepCopy().without(List.of("name", "tenant_id"));
        if (!changeable.isEmpty()) {
            patch.set("metadata", changeable);
        }
        var changes =
                directory.api().patch(path + "?dry_run=true", patch).body().path("x_changes");
        if (changes.isEmpty()) {
            return subject + " unchanged";
        }
        if (!dryRun) {
            directory.api().patch(path, patch);
        }
        var text = new StringBuilder(subject).append(dryRun ? " would be changed" : " changed");
        changes.forEach(change -> text.append("\n  ")
                .append(change.path("pointer").asString(""))
                .append(": ")
                .append(change.path("from"))
                .append(" -> ")
                .append(change.path("to")));
        return text.toString();
    }

    private static Optional<String> taken(ObjectNode from, String field) {
        return Optional.ofNullable(from.remove(field)).map(value -> value.asString(""));
    }

    private static void named(Directory directory, ObjectNode in, String field, String collection) {
        taken(in, field).ifPresent(name -> in.put(field + "_id", directory.id(collection, name)));
    }

    private List<ObjectNode> read() {
        List<ObjectNode> documents = new ArrayList<>();
        try (var reader = reader()) {
            for (@Nullable Object document : new Yaml(new SafeConstructor(new LoaderOptions())).loadAll(reader)) {
                if (document == null) {
                    continue;
                }
                if (!(ControlPlane.JSON.valueToTree(document) instanceof ObjectNode envelope)
                        || !envelope.hasNonNull("kind")) {
                    throw new Refusal(Refusal.DATA, file + ": a document without a kind");
                }
                documents.add(envelope);
            }
        } catch (IOException | YAMLException e) {
            throw new Refusal(Refusal.DATA, file + " cannot be read: " + e.getMessage());
        }
        if (documents.isEmpty()) {
            throw new Refusal(Refusal.DATA, file + " says nothing");
        }
        return documents;
    }

    private Reader reader() throws IOException {
        return file.equals("-")
                ? new InputStreamReader(System.in, StandardCharsets.UTF_8)
                : Files.newBufferedReader(Path.of(file));
    }
}
