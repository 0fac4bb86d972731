// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A private folder with copies of JARs, each under the hash of its content: whoever overwrites a JAR in the plugin directory
 * cannot pull the rug from under a live stream, and the same content is there once.
 *
 * <p>Thread-safe: a copy appears under its name in one step.
 */
final class JarCopies {
    private static final int HASH_CHARS = 32;

    private final Path folder;

    JarCopies(Path folder) {
        this.folder = folder;
    }

    /** The copy of what the file contains now. */
    Path copy(Path jar) throws IOException {
        Files.createDirectories(folder);
        Path fresh = Files.createTempFile(folder, "copy-", ".jar");
        try {
            String hash = copyAndHash(jar, fresh);
            Path home = folder.resolve(hash.substring(0, HASH_CHARS));
            Files.createDirectories(home);
            Path copy = home.resolve(jar.getFileName().toString());
            if (!Files.exists(copy)) {
                Files.move(fresh, copy, StandardCopyOption.ATOMIC_MOVE);
            }
            return copy;
        } catch (FileAlreadyExistsException e) {
            throw new IOException("somebody else writes into " + folder, e);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static String copyAndHash(Path from, Path to) throws IOException {
        MessageDigest digest = sha256();
        try (InputStream in = Files.newInputStream(from);
                OutputStream out = new DigestOutputStream(Files.newOutputStream(to), digest)) {
            in.transferTo(out);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
