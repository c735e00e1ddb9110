// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/// A process that races others for keys of one file store. Reads a command a line, answers each with a line.
///
/// - `create KEY` → `Stored`, `Refused` or `Unknown`
/// - `append KEY WORD…` adds each word by compare-and-set, until it is there → `done`
final class FileRacer {
    private final FileObjectStore store;
    private final String name;

    private FileRacer(FileObjectStore store, String name) {
        this.store = store;
        this.name = name;
    }

    static void main(String[] args) throws IOException {
        try (FileObjectStore store = FileObjectStore.open(
                        Path.of(args[0]),
                        Runnable::run,
                        new SecureRandom(),
                        InstantSource.system(),
                        FileStoreSettings.defaults());
                BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, UTF_8))) {
            FileRacer racer = new FileRacer(store, args[1]);
            System.out.println("ready");
            for (String line = commands.readLine(); line != null; line = commands.readLine()) {
                List<String> command = List.of(line.split(" "));
                System.out.println(racer.answer(command));
            }
        }
    }

    private String answer(List<String> command) {
        ObjectKey key = ObjectKey.of(command.get(1));
        return switch (command.get(0)) {
            case "create" ->
                store.put(key, bytes(name), PutCondition.ifAbsent())
                        .join()
                        .getClass()
                        .getSimpleName();
            case "append" -> {
                command.subList(2, command.size()).forEach(word -> append(key, name + word));
                yield "done";
            }
            default -> "what?";
        };
    }

    private void append(ObjectKey key, String word) {
        while (true) {
            GetOutcome.Found found = (GetOutcome.Found) store.get(key).join();
            String words = UTF_8.decode(found.bytes()).toString();
            if (List.of(words.split(",")).contains(word)) {
                return;
            }
            PutOutcome outcome = store.put(key, bytes(words + "," + word), PutCondition.ifVersion(found.version()))
                    .join();
            if (outcome instanceof PutOutcome.Stored) {
                return;
            }
        }
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(UTF_8));
    }
}
