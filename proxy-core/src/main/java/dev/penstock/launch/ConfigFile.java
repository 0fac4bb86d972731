// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.penstock.config.ConfigException;
import dev.penstock.config.ConfigLoader;
import dev.penstock.config.ConfigOverride;
import dev.penstock.config.LoadedConfig;
import dev.penstock.config.Origin;
import dev.penstock.config.PenstockConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A configuration in a file, with what stands over it and the files that it names: secrets and authorities. A load that was
 * overtaken by a writer is repeated, so what it gives is what its fingerprint stands for. What is no regular file (a pipe, a
 * process substitution) gives its content once and then blocks whoever opens it: the first load reads it, nothing else does. A
 * later one that names a pipe is refused for that alone: the configuration in force does not hang on it.
 *
 * <p>Guarded by this: loading, and the files of the last configuration that was accepted. The set of files and the last fingerprint are volatile: written by a load, read by the watch. The
 * pipe is volatile too: written by the first load, read by reloads.
 */
public final class ConfigFile implements ConfigSource {
    private static final int TRIES = 5;
    private static final String TOO_LATE =
            "is no regular file, and such a one is read only at the start; name a regular file, or restart the proxy";

    private final Path file;
    private final Map<String, String> environment;
    private final List<ConfigOverride> overrides;
    private volatile Set<Path> files;
    private Set<Path> accepted = Set.of();
    private volatile String loadedFingerprint = "";
    private volatile Optional<Path> pipe = Optional.empty();

    /** The overrides hold at every load: a flag of the command line beats the file for as long as the process lives. */
    public ConfigFile(Path file, Map<String, String> environment, List<ConfigOverride> overrides) {
        this.file = requireNonNull(file, "file");
        this.environment = Map.copyOf(environment);
        this.overrides = List.copyOf(overrides);
        this.files = Set.of(file.toAbsolutePath());
    }

    @Override
    public synchronized LoadedConfig load() {
        boolean first = loadedFingerprint.isEmpty();
        Optional<ConfigException> obstacle = readOnce();
        if (obstacle.isPresent()) {
            loadedFingerprint = fingerprint(); // The watch is not to ask again before something else changes.
            throw obstacle.get();
        }
        for (int tries = 1; ; tries++) {
            String before = fingerprint();
            try {
                LoadedConfig loaded = read(first);
                if (settled(before) || tries == TRIES) {
                    return loaded;
                }
            } catch (ConfigException e) {
                if (settled(before) || tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    private LoadedConfig read(boolean first) {
        Set<Path> read = new TreeSet<>(Set.of(file.toAbsolutePath()));
        if (!first && isPipe(file)) {
            throw Refusals.of(new Origin.Outside(file.toString()), "", TOO_LATE);
        }
        try {
            LoadedConfig loaded = new ConfigLoader(environment)
                    .telling(path -> {
                        read.add(path.toAbsolutePath());
                        if (!first && isPipe(path)) {
                            throw new IllegalArgumentException(path + " " + TOO_LATE);
                        }
                    })
                    .load(file, overrides);
            named(loaded.config()).forEach(path -> read.add(path.toAbsolutePath()));
            accepted = Set.copyOf(read);
            return loaded;
        } catch (ConfigException e) {
            // What was refused did not get as far as to name all files; one that is away comes back.
            read.addAll(accepted);
            throw e;
        } finally {
            files = Set.copyOf(read);
            if (first) {
                pipe = files.stream().filter(ConfigFile::isPipe).sorted().findFirst();
            }
        }
    }

    /** Files whose content counts too: one that is renewed in its place is a reason to reload. */
    private static Stream<Path> named(PenstockConfig config) {
        return Stream.concat(
                config.listen().tls().stream().flatMap(tls -> Stream.of(tls.certificate(), tls.key())),
                config.clusters().stream().flatMap(cluster -> cluster.tls().ca().stream()));
    }

    private boolean settled(String before) {
        loadedFingerprint = fingerprint();
        return before.equals(loadedFingerprint) || readOnce().isPresent();
    }

    @Override
    public Optional<ConfigException> readOnce() {
        return pipe.filter(ConfigFile::isPipe)
                .map(path -> Refusals.of(
                        new Origin.Outside(path.toString()),
                        "",
                        "is no regular file, so it was read once, at the start, and cannot be read again; restart the"
                                + " proxy for a new configuration, or put a regular file in its place"));
    }

    /** Whether it is neither a file nor a folder, nor a link to one. */
    private static boolean isPipe(Path path) {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).isOther();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String fingerprint() {
        return fingerprint(files);
    }

    @Override
    public String loadedFingerprint() {
        return loadedFingerprint;
    }

    @Override
    public Set<Path> files() {
        return files;
    }

    private static String fingerprint(Collection<Path> files) {
        MessageDigest digest = sha256();
        for (Path path : new TreeSet<>(files)) {
            digest.update(path.toString().getBytes(UTF_8));
            digest.update((byte) 0);
            digest.update(content(path));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** One that cannot be read is as good as any other content: what matters is when it becomes another. */
    private static byte[] content(Path path) {
        try {
            return isPipe(path) ? new byte[0] : sha256().digest(Files.readAllBytes(path));
        } catch (IOException e) {
            return e.getClass().getName().getBytes(UTF_8);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
