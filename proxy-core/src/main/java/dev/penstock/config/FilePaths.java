// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Files named in the configuration are looked for beside it, not in the directory that happens to be current. Immutable. */
final class FilePaths {
    private static final Set<String> FILES =
            Set.of("listen.tls.certificate", "listen.tls.key", "clusters[].tls.ca", "plugins.data");

    private final Path directory;

    FilePaths(Path directory) {
        this.directory = directory;
    }

    ConfigNode resolve(ConfigNode node) {
        return switch (node) {
            case ConfigNode.Scalar scalar -> isFile(scalar) ? beside(scalar) : scalar;
            case ConfigNode.Mapping mapping ->
                new ConfigNode.Mapping(
                        mapping.path(),
                        mapping.origin(),
                        mapping.entries().stream()
                                .map(entry -> new ConfigNode.Entry(entry.key(), entry.origin(), resolve(entry.value())))
                                .toList());
            case ConfigNode.Sequence sequence -> {
                List<ConfigNode> items = new ArrayList<>();
                sequence.items().forEach(item -> items.add(resolve(item)));
                yield new ConfigNode.Sequence(sequence.path(), sequence.origin(), items);
            }
            case ConfigNode.Empty empty -> empty;
            case ConfigNode.Broken broken -> broken;
        };
    }

    private static boolean isFile(ConfigNode.Scalar scalar) {
        return !scalar.text().isEmpty()
                && !scalar.text().equals("off")
                && FILES.contains(scalar.path().replaceAll("\\[[0-9]+\\]", "[]"));
    }

    private ConfigNode beside(ConfigNode.Scalar scalar) {
        try {
            String text = directory.resolve(scalar.text()).normalize().toString();
            return new ConfigNode.Scalar(scalar.path(), scalar.origin(), text, scalar.quoted(), scalar.expanded());
        } catch (InvalidPathException refused) {
            return scalar;
        }
    }
}
