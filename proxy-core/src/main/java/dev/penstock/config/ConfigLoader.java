// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * From a file to a valid configuration: parse, fill in variables, lay overrides over it, inherit, bind, check. Everything that is wrong is
 * in one {@link ConfigException}. Immutable.
 */
public final class ConfigLoader {
    private static final int HASH_BYTES = 6;

    private final Map<String, String> environment;
    private final Consumer<Path> reading;
    private final Shapes shapes = new Shapes(ScalarTypes.standard());

    /** With the variables that {@code ${VAR}} may name. */
    public ConfigLoader(Map<String, String> environment) {
        this(environment, path -> {});
    }

    private ConfigLoader(Map<String, String> environment, Consumer<Path> reading) {
        this.environment = Map.copyOf(environment);
        this.reading = reading;
    }

    /**
     * One that tells of every file that {@code ${file:path}} names, before it is read and whether or not it can be. With an
     * {@link IllegalArgumentException} the listener keeps it unread; the message becomes a problem of whoever named it.
     */
    public ConfigLoader telling(Consumer<Path> listener) {
        return new ConfigLoader(environment, listener);
    }

    /** Reads a file; relative files in it are looked for beside it. */
    public LoadedConfig load(Path file, List<ConfigOverride> overrides) {
        Path absolute = file.toAbsolutePath();
        Path directory = Optional.ofNullable(absolute.getParent()).orElse(absolute);
        return parse(file.toString(), read(file), directory, overrides);
    }

    /** Reads text; {@code name} is what problems call it. */
    public LoadedConfig parse(String name, String text, Path directory, List<ConfigOverride> overrides) {
        ConfigProblems problems = new ConfigProblems();
        ConfigNode file = tree(name, text, directory, problems);
        if (file instanceof ConfigNode.Broken) {
            problems.throwIfAny();
        }
        Shape.Section root = shapes.section(PenstockConfig.class);
        ConfigNode laid = new FilePaths(directory).resolve(new Overlay(root).apply(file, overrides));
        new SemanticCheck(laid, problems).checkGlobalKeys();
        ConfigNode whole = new Inheritance(shapes).apply(laid);
        Optional<Bound> bound = new Binder(ScalarTypes.standard()).bindSection(root, whole, problems);
        new ReferenceCheck(problems).check(whole);
        bound.ifPresent(some -> new SemanticCheck(whole, problems).check((PenstockConfig) some.value()));
        problems.throwIfAny();
        Bound complete = bound.orElseThrow(() -> new IllegalStateException("no configuration and no problem"));
        return new LoadedConfig(
                (PenstockConfig) complete.value(),
                new EffectiveConfig(complete.effective()),
                problems.warnings(),
                hash(text));
    }

    /** Parses and fills in variables, for somebody who binds the tree himself. */
    public ConfigNode tree(String name, String text, Path directory, ConfigProblems problems) {
        Interpolator interpolator = new Interpolator(environment, directory, reading, problems);
        return new YamlReader(Source.of(name, text), interpolator::expand, problems).read(text);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String read(Path file) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                    .toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (NoSuchFileException missing) {
            throw unreadable(file, "there is no such file");
        } catch (CharacterCodingException binary) {
            throw unreadable(file, "is not UTF-8 text");
        } catch (IOException refused) {
            String reason = Files.isDirectory(file)
                    ? "is a directory"
                    : "cannot be read (" + refused.getClass().getSimpleName() + ")";
            throw unreadable(file, reason);
        }
    }

    private static ConfigException unreadable(Path file, String message) {
        ConfigProblems problems = new ConfigProblems();
        problems.error(new Origin.Outside(file.toString()), "", message);
        return new ConfigException(problems.errors());
    }
}
