// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.JavaFormatterOptions.Style;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The project's own files, and the one formatter. {@code main} rewrites what is not formatted. Immutable. */
final class SourceTree {
    private static final Set<String> OUTSIDE = Set.of("target", "node_modules", ".git");
    private static final Formatter FORMATTER = Formatter.createFormatter(
            JavaFormatterOptions.builder().style(Style.PALANTIR).build());

    private final Path root;

    SourceTree(Path root) {
        this.root = root;
    }

    static SourceTree ofThisBuild() {
        return new SourceTree(Distribution.module().resolve("..").normalize());
    }

    /** Formats every Java file of the tree whose root is given. */
    public static void main(String[] arguments) throws IOException {
        for (Path file : new SourceTree(Path.of(arguments[0]).toAbsolutePath()).files(".java")) {
            String text = Files.readString(file);
            String formatted = formatted(text);
            if (!text.equals(formatted)) {
                Files.writeString(file, formatted);
            }
        }
    }

    static String formatted(String text) {
        try {
            return FORMATTER.formatSourceAndFixImports(text);
        } catch (FormatterException e) {
            throw new AssertionError("does not parse: " + e.getMessage(), e);
        }
    }

    Path root() {
        return root;
    }

    /** The names at the top that are not hidden, build output left out. */
    List<String> visibleTopLevel() throws IOException {
        try (Stream<Path> files = Files.list(root)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith(".") && !OUTSIDE.contains(name))
                    .toList();
        }
    }

    /** Every file of the project whose name ends so. */
    List<Path> files(String suffix) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .filter(file -> Stream.of(root.relativize(file).toString().split("/", -1))
                            .noneMatch(OUTSIDE::contains))
                    .filter(Files::isRegularFile)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
