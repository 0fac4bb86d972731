// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Fills variables and files into one parsed scalar: <code>${VAR} ${VAR:-default} ${VAR:?message} ${file:path} $$</code>. Works on values
 * after parsing, so nothing that is filled in can change the structure of the file. Confined to the thread that loads.
 */
final class Interpolator {
    private static final Pattern DOLLAR = Pattern.compile("\\$\\$|\\$\\{([^}]*)(}?)");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int LARGEST_FILE = 64 * 1024;

    private final Map<String, String> environment;
    private final Path directory;
    private final Consumer<Path> reading;
    private final ConfigProblems problems;

    /** By path; what a pipe gave once it does not give again, so no file is read twice. */
    private final Map<Path, byte[]> contents = new HashMap<>();

    /** Tells {@code reading} of each file before it is read. */
    Interpolator(Map<String, String> environment, Path directory, Consumer<Path> reading, ConfigProblems problems) {
        this.environment = environment;
        this.directory = directory;
        this.reading = reading;
        this.problems = problems;
    }

    /** A scalar with everything filled in, or a broken node whose problem is reported. */
    ConfigNode expand(ConfigNode.Scalar raw) {
        if (raw.text().indexOf('$') < 0) {
            return raw;
        }
        Matcher matcher = DOLLAR.matcher(raw.text());
        StringBuilder text = new StringBuilder();
        boolean expanded = false;
        try {
            while (matcher.find()) {
                boolean dollar = matcher.group().equals("$$");
                String value = dollar ? "$" : resolve(raw, matcher.group(1), matcher.group(2));
                matcher.appendReplacement(text, Matcher.quoteReplacement(value));
                expanded |= !dollar;
            }
        } catch (IllegalArgumentException unresolved) {
            problems.error(raw, String.valueOf(unresolved.getMessage()));
            return new ConfigNode.Broken(raw.path(), raw.origin());
        }
        matcher.appendTail(text);
        return new ConfigNode.Scalar(raw.path(), raw.origin(), text.toString(), raw.quoted(), expanded);
    }

    private String resolve(ConfigNode.Scalar raw, String inside, String close) {
        if (close.isEmpty()) {
            throw new IllegalArgumentException("\"${\" is not closed; write $$ for a dollar");
        }
        if (inside.startsWith("file:")) {
            return file(raw, inside.substring("file:".length()));
        }
        int colon = inside.indexOf(':');
        String name = colon < 0 ? inside : inside.substring(0, colon);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"${" + inside + "}\" does not name a variable; use ${VAR}, ${VAR:-default},"
                            + " ${VAR:?message} or ${file:path}, and $$ for a dollar");
        }
        return variable(name, colon < 0 ? "" : inside.substring(colon));
    }

    private String variable(String name, String rest) {
        String value = environment.getOrDefault(name, "");
        if (!value.isEmpty() || (rest.isEmpty() && environment.containsKey(name))) {
            return value;
        }
        if (rest.startsWith(":-")) {
            return noNesting(name, rest.substring(2));
        }
        if (rest.startsWith(":?")) {
            throw new IllegalArgumentException("environment variable " + name + " is not set: "
                    + rest.substring(2).strip());
        }
        if (!rest.isEmpty()) {
            throw new IllegalArgumentException("\"${" + name + rest + "}\" is not understood; write ${" + name
                    + ":-default} or ${" + name + ":?message}");
        }
        throw new IllegalArgumentException(
                "environment variable " + name + " is not set; set it, or give a default: ${" + name + ":-default}");
    }

    private static String noNesting(String name, String standard) {
        if (standard.contains("${")) {
            throw new IllegalArgumentException(
                    "the default of ${" + name + "} holds another variable; that is not supported");
        }
        return standard;
    }

    private String file(ConfigNode.Scalar raw, String name) {
        Path path = directory.resolve(name.strip());
        reading.accept(path);
        try {
            byte[] content = content(path);
            if (content.length > LARGEST_FILE) {
                throw new IllegalArgumentException("file " + name + " is larger than 64KiB");
            }
            warnIfOpen(raw, path, name);
            return new String(content, StandardCharsets.UTF_8).stripTrailing();
        } catch (NoSuchFileException missing) {
            throw new IllegalArgumentException("there is no file " + path, missing);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(
                    "cannot read file " + path + " (" + unreadable.getClass().getSimpleName() + ")", unreadable);
        }
    }

    private byte[] content(Path path) throws IOException {
        byte[] known = contents.get(path);
        if (known != null) {
            return known;
        }
        byte[] content = Files.readAllBytes(path);
        contents.put(path, content);
        return content;
    }

    private void warnIfOpen(ConfigNode.Scalar raw, Path path, String name) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return;
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
        if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
            problems.warning(
                    raw.origin(), raw.path(), "every user of this machine can read " + name + "; chmod o-r it");
        }
    }
}
