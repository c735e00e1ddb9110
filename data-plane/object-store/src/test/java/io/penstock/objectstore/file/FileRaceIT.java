// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Several processes on one folder.
class FileRaceIT {
    private static final int PROCESSES = 3;

    @TempDir
    private Path folder;

    private final List<Racer> racers = new ArrayList<>();
    private FileObjectStore store;

    private record Racer(Process process, PrintWriter commands, BufferedReader answers) {
        void say(String command) {
            commands.println(command);
        }

        String hear() throws IOException {
            return answers.readLine();
        }
    }

    @BeforeEach
    void startProcesses() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        for (int i = 0; i < PROCESSES; i++) {
            Process process = new ProcessBuilder(
                            java,
                            "-Xmx128m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            FileRacer.class.getName(),
                            folder.toString(),
                            "p" + i)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            racers.add(
                    new Racer(process, new PrintWriter(process.outputWriter(UTF_8), true), process.inputReader(UTF_8)));
        }
        for (Racer racer : racers) {
            assertThat(racer.hear()).isEqualTo("ready");
        }
        store = FileObjectStore.open(
                folder, Runnable::run, new SecureRandom(), InstantSource.system(), FileStoreSettings.defaults());
    }

    @AfterEach
    void endProcesses() {
        store.close();
        for (Racer racer : racers) {
            racer.process().destroyForcibly().onExit().join();
        }
    }

    @Test
    void ofProcessesThatCreateAKeyOneWins() throws IOException {
        for (int round = 0; round < 200; round++) {
            ObjectKey key = ObjectKey.of("race/" + round % 5 + "/" + round);
            racers.forEach(racer -> racer.say("create " + key));
            List<String> answers = new ArrayList<>();
            for (Racer racer : racers) {
                answers.add(racer.hear());
            }

            assertThat(answers).containsOnlyOnce("Stored").containsOnly("Stored", "Refused");
            assertThat(content(key)).isEqualTo("p" + answers.indexOf("Stored"));
        }
    }

    @Test
    void compareAndSetsOfProcessesLoseNoUpdate() throws IOException {
        ObjectKey key = ObjectKey.of("list");
        assertThat(store.put(key, ByteBuffer.wrap("start".getBytes(UTF_8)), PutCondition.ifAbsent())
                        .join())
                .isInstanceOf(PutOutcome.Stored.class);
        int words = 60;
        String command = "append " + key
                + IntStream.range(0, words).mapToObj(n -> " w" + n).reduce("", String::concat);

        racers.forEach(racer -> racer.say(command));
        for (Racer racer : racers) {
            assertThat(racer.hear()).isEqualTo("done");
        }

        List<String> expected = new ArrayList<>(List.of("start"));
        for (int process = 0; process < PROCESSES; process++) {
            for (int n = 0; n < words; n++) {
                expected.add("p" + process + "w" + n);
            }
        }
        assertThat(content(key).split(",")).containsExactlyInAnyOrder(expected.toArray(String[]::new));
    }

    @Test
    void aKilledProcessLeavesNothingHalf() throws IOException {
        for (int round = 0; round < 40; round++) {
            racers.getFirst().say("create crash/" + round);
        }
        racers.getFirst().hear();
        racers.getFirst().process().destroyForcibly().onExit().join();
        racers.get(1).say("create crash/0");
        assertThat(racers.get(1).hear()).isEqualTo("Refused");

        for (int round = 0; round < 40; round++) {
            GetOutcome outcome = store.get(ObjectKey.of("crash/" + round)).join();
            if (!(outcome instanceof GetOutcome.Absent)) {
                assertThat(content(ObjectKey.of("crash/" + round))).isEqualTo("p0");
            }
        }
    }

    private String content(ObjectKey key) {
        return UTF_8.decode(((GetOutcome.Found) store.get(key).join()).bytes()).toString();
    }
}
