// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.testing;

import io.penstock.broker.network.TlsFiles;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/// Certificates that sign themselves, made with the JDK's own tool.
///
/// @param chain PEM
/// @param key PEM
public record Certificates(String chain, String key) {
    private static final String PASSWORD = "changeit";

    /// @param dnsName in the certificate; `*` stands for a label
    public static Certificates selfSigned(Path folder, String subject, String dnsName) {
        try {
            Path store = Files.createTempDirectory(folder, "certificate").resolve("store.p12");
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "it",
                            "-keyalg",
                            "EC",
                            "-dname",
                            subject,
                            "-ext",
                            "san=dns:" + dnsName,
                            "-ext",
                            "bc=ca:true",
                            "-validity",
                            "2",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            PASSWORD,
                            "-keystore",
                            store.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!keytool.waitFor(60, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
                throw new IllegalStateException("keytool: " + said);
            }
            KeyStore made = KeyStore.getInstance("PKCS12");
            made.load(new ByteArrayInputStream(Files.readAllBytes(store)), PASSWORD.toCharArray());
            return new Certificates(
                    pem("CERTIFICATE", made.getCertificate("it").getEncoded()),
                    pem("PRIVATE KEY", made.getKey("it", PASSWORD.toCharArray()).getEncoded()));
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String what, byte[] bytes) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + what + "-----\n";
    }

    /// Puts them where a broker looks for them.
    public TlsFiles in(Path folder) throws IOException {
        return new TlsFiles(
                Files.writeString(folder.resolve("chain.pem"), chain),
                Files.writeString(folder.resolve("key.pem"), key));
    }
}
