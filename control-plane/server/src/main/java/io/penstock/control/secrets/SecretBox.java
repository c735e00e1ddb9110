// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.secrets;

import io.penstock.api.ProblemCode;
import io.penstock.control.problem.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/// Encrypts what must not be readable in the database, and signs what leaves and must come back unchanged.
///
/// AES-256-GCM; a box is bound to its label, so that one cannot be put in another's place. Without a key file it
/// signs with a key of this process and refuses to keep secrets.
@Component
public class SecretBox {
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final byte VERSION = 1;

    private final RandomGenerator random;
    private final byte[] key;
    private final boolean lasting;

    SecretBox(SecretSettings settings, RandomGenerator random) {
        this.random = random;
        var file = settings.secretsKeyFile();
        this.lasting = file != null;
        this.key = file == null ? fresh(random) : keyIn(file.toAbsolutePath(), random);
    }

    /// Encrypts a secret that must be readable after a restart.
    public byte[] sealed(String label, byte[] secret) {
        if (!lasting) {
            throw ProblemException.of(
                    ProblemCode.UNAVAILABLE,
                    "This control plane has no key to keep secrets with: set penstock.secrets-key-file, or let it take"
                            + " the credentials from its environment.");
        }
        return sealedForNow(label, secret);
    }

    /// Encrypts a secret that may be lost with this process.
    public byte[] sealedForNow(String label, byte[] secret) {
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            var box = cipher(Cipher.ENCRYPT_MODE, label, nonce).doFinal(secret);
            return ByteBuffer.allocate(1 + NONCE_BYTES + box.length)
                    .put(VERSION)
                    .put(nonce)
                    .put(box)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    /// What is in a box; empty if it was sealed with another key or label, or was changed.
    public Optional<byte[]> opened(String label, byte[] box) {
        if (box.length <= 1 + NONCE_BYTES || box[0] != VERSION) {
            return Optional.empty();
        }
        var nonce = new byte[NONCE_BYTES];
        ByteBuffer.wrap(box, 1, NONCE_BYTES).get(nonce);
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, label, nonce)
                    .doFinal(box, 1 + NONCE_BYTES, box.length - 1 - NONCE_BYTES));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    /// A signature that only this control plane can make.
    public byte[] signature(String label, byte[] message) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            mac.update(label.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    private Cipher cipher(int mode, String label, byte[] nonce) throws GeneralSecurityException {
        var cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(label.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static byte[] fresh(RandomGenerator random) {
        var bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] keyIn(Path file, RandomGenerator random) {
        try {
            if (!Files.exists(file)) {
                create(file, fresh(random));
            }
            var bytes = Base64.getDecoder().decode(Files.readString(file).strip());
            if (bytes.length == KEY_BYTES) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(file + " does not hold 32 bytes in base64: restore the right key file", e);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the key file " + file + " can be neither read nor made: see penstock.secrets-key-file", e);
        }
        throw new IllegalStateException(file + " does not hold 32 bytes in base64: restore the right key file");
    }

    private static void create(Path file, byte[] key) throws IOException {
        var folder = file.getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, Base64.getEncoder().encodeToString(key) + "\n");
        } catch (FileAlreadyExistsException e) {
            // Another replica made it at the same moment: theirs is read.
            return;
        }
    }
}
