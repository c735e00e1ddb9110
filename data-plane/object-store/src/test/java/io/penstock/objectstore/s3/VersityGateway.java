// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.s3;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// A real S3 server for tests: versitygw as a child process on a folder, or whatever `PENSTOCK_TEST_S3` names.
///
/// `PENSTOCK_TEST_S3` is a store URI (`s3://bucket/root?endpoint=…&region=…&path_style=true`), credentials come from
/// the AWS environment. Without it the binary is looked for in `PATH`, `$GOPATH/bin` and `~/go/bin`; a test that needs
/// it fails if it is not there, and says how to get it.
public final class VersityGateway implements AutoCloseable {
    private static final String ACCESS_KEY = "penstock-test";
    private static final String SECRET_KEY = "penstock-test-secret";
    private static final String REMEDY = "versitygw was not found in PATH, $GOPATH/bin or ~/go/bin. Install it with"
            + " 'go install github.com/versity/versitygw/cmd/versitygw@v1.8.0',"
            + " or name another S3 endpoint in PENSTOCK_TEST_S3.";

    private final Process process;
    private final int port;
    private final Path folder;
    private final String accessKey;
    private final String secretKey;

    private VersityGateway(Process process, int port, Path folder, String accessKey, String secretKey) {
        this.process = process;
        this.port = port;
        this.folder = folder;
        this.accessKey = accessKey;
        this.secretKey = secretKey;
    }

    /// Starts the server on a free port of the loopback and waits until it listens.
    ///
    /// @param folder an empty folder of the caller's; the server's data, accounts and log lie in it
    public static VersityGateway start(Path folder) throws IOException {
        return start(folder, ACCESS_KEY, SECRET_KEY);
    }

    /// As [#start(Path)], with keys of the caller's.
    public static VersityGateway start(Path folder, String accessKey, String secretKey) throws IOException {
        return start(folder, freePort(), accessKey, secretKey);
    }

    /// Ends this server, and starts it again in the same place, where only other keys are let in.
    public VersityGateway rekeyed(String newAccessKey, String newSecretKey) throws IOException {
        close();
        return start(folder, port, newAccessKey, newSecretKey);
    }

    private static VersityGateway start(Path folder, int port, String accessKey, String secretKey) throws IOException {
        Path absolute = folder.toAbsolutePath();
        Path data = Files.createDirectories(absolute.resolve("data"));
        Path accounts = Files.createDirectories(absolute.resolve("accounts"));
        Process process = new ProcessBuilder(
                        binary().toString(),
                        "--access",
                        accessKey,
                        "--secret",
                        secretKey,
                        "--port",
                        "127.0.0.1:" + port,
                        "--iam-dir",
                        accounts.toString(),
                        "posix",
                        data.toString())
                .redirectErrorStream(true)
                .redirectOutput(absolute.resolve("versitygw.log").toFile())
                .start();
        VersityGateway gateway = new VersityGateway(process, port, absolute, accessKey, secretKey);
        try {
            gateway.awaitListening();
            if (!process.isAlive()) {
                throw new IOException("versitygw ended at once: " + Files.readString(gateway.log()));
            }
        } catch (RuntimeException | IOException e) {
            gateway.close();
            throw e;
        }
        return gateway;
    }

    /// Polls; each pause ends early if the process does.
    private void awaitListening() throws IOException {
        for (int attempt = 0; attempt < 1200 && process.isAlive() && !listens(); attempt++) {
            try {
                process.waitFor(50, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while versitygw started", e);
            }
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// The URI of the endpoint the environment names instead of a spawned server.
    public static Optional<String> endpointOfTheEnvironment() {
        return Optional.ofNullable(System.getenv("PENSTOCK_TEST_S3")).filter(uri -> !uri.isBlank());
    }

    /// Where the binary is; fails with the remedy if it is nowhere.
    public static Path binary() {
        List<Path> folders = new ArrayList<>();
        for (String folder :
                Optional.ofNullable(System.getenv("PATH")).orElse("").split(":")) {
            if (!folder.isBlank()) {
                folders.add(Path.of(folder));
            }
        }
        Optional.ofNullable(System.getenv("GOPATH"))
                .ifPresent(gopath -> folders.add(Path.of(gopath).resolve("bin")));
        folders.add(Path.of(System.getProperty("user.home"), "go", "bin"));
        return folders.stream()
                .map(folder -> folder.resolve("versitygw"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(VersityGateway::missing);
    }

    /// On a person's machine the S3 tests are passed over with a word; in CI nothing may be.
    private static Error missing() {
        if (System.getenv("CI") == null) {
            Assumptions.abort(REMEDY);
        }
        return new AssertionError(REMEDY);
    }

    /// Makes a bucket. The posix backend keeps a bucket as a folder.
    public void createBucket(String name) throws IOException {
        Files.createDirectories(folder.resolve("data").resolve(name));
    }

    /// The URI that opens a bucket of this server; credentials are [#credentials()].
    public String uri(String bucketAndRoot) {
        return "s3://" + bucketAndRoot + "?endpoint=" + endpoint() + "&region=us-east-1&path_style=true";
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + port);
    }

    public AwsCredentialsProvider credentials() {
        return StaticCredentialsProvider.create(AwsBasicCredentials.create(accessKey, secretKey));
    }

    /// What a child process needs in its environment to use this server.
    public Map<String, String> environment() {
        return Map.of("AWS_ACCESS_KEY_ID", accessKey, "AWS_SECRET_ACCESS_KEY", secretKey);
    }

    /// Credentials for [#endpointOfTheEnvironment()].
    public static AwsCredentialsProvider credentialsOfTheEnvironment() {
        return DefaultCredentialsProvider.builder().build();
    }

    public Path log() {
        return folder.resolve("versitygw.log");
    }

    /// Ends the server as a crash would.
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
