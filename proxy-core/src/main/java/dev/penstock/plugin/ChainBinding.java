// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.config.Binder;
import dev.penstock.config.ByteSize;
import dev.penstock.config.ConfigProblems;
import dev.penstock.config.FailureMode;
import dev.penstock.config.PluginEntry;
import dev.penstock.config.PluginsConfig;
import dev.penstock.config.ScalarType;
import dev.penstock.config.ScalarTypes;
import dev.penstock.spi.Hook;
import dev.penstock.spi.Secret;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds the plugin of every chain entry and binds its section to its record; everything that is wrong is reported at its place.
 *
 * <p>Confined to the thread that loads.
 */
final class ChainBinding {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}");
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]{1,18}");

    private final Binder binder;
    private final List<LoadedPlugin> plugins;
    private final ConfigProblems problems;
    private final Set<String> names = new HashSet<>();

    ChainBinding(List<LoadedPlugin> plugins, ConfigProblems problems) {
        this.binder = new Binder(scalars());
        this.plugins = plugins;
        this.problems = problems;
    }

    /** An entry with everything that is needed to create it. */
    record Bound(PluginEntry entry, LoadedPlugin plugin, Record config, boolean failClosed) {}

    /** Those entries that are right. */
    List<Bound> bind(PluginsConfig config) {
        List<Bound> bound = new ArrayList<>();
        for (PluginEntry entry : config.chain()) {
            name(entry);
            plugin(entry)
                    .flatMap(plugin -> bind(entry, plugin, config.failureMode()))
                    .ifPresent(bound::add);
        }
        return bound;
    }

    private void name(PluginEntry entry) {
        if (!NAME.matcher(entry.label()).matches()) {
            error(entry, "name", "must be letters, digits, '.', '_' and '-', 64 at most");
        }
        if (!names.add(entry.label())) {
            error(entry, "name", "\"" + entry.label() + "\" is in the chain twice: give one of them another name");
        }
    }

    private Optional<LoadedPlugin> plugin(PluginEntry entry) {
        Optional<LoadedPlugin> found = plugins.stream()
                .filter(plugin -> plugin.id().equals(entry.id()))
                .findFirst();
        if (found.isEmpty()) {
            List<String> ids = plugins.stream().map(LoadedPlugin::id).sorted().toList();
            error(
                    entry,
                    "id",
                    "there is no plugin \"" + entry.id() + "\""
                            + (ids.isEmpty() ? ": there is none at all" : "; there are " + String.join(", ", ids)));
        }
        return found;
    }

    private Optional<Bound> bind(PluginEntry entry, LoadedPlugin plugin, FailureMode standard) {
        boolean observesOnly = plugin.hooks().equals(Set.of(Hook.OBSERVE));
        if (observesOnly && entry.onError().equals(Optional.of(FailureMode.CLOSED))) {
            error(
                    entry,
                    "on_error",
                    "must be open or left out: " + plugin.id() + " only observes, and cannot fail a stream");
        }
        boolean closed = entry.onError().orElse(standard) == FailureMode.CLOSED;
        try {
            return binder.bind(plugin.configType(), entry.config(), problems)
                    .map(config -> new Bound(entry, plugin, config, closed));
        } catch (IllegalArgumentException e) {
            error(entry, "id", "the configuration record of " + plugin.id() + " cannot be used: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void error(PluginEntry entry, String key, String message) {
        problems.error(entry.config().origin(), path(entry) + "." + key, message);
    }

    /** The path of the entry itself. */
    static String path(PluginEntry entry) {
        String path = entry.config().path();
        return path.endsWith(".config") ? path.substring(0, path.length() - ".config".length()) : path;
    }

    /** As everywhere, and: the SPI's secret, and sizes where a plugin asks for a long. */
    private static ScalarTypes scalars() {
        return ScalarTypes.standard()
                .with(ScalarType.secretOf(Secret.class, ChainBinding::secret))
                .with(ScalarType.of(
                        Long.class,
                        "whole number or size",
                        "-?[0-9]+|[0-9]+(B|KiB|MiB|GiB|KB|MB|GB)",
                        ChainBinding::number));
    }

    private static Secret secret(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("must not be empty");
        }
        return Secret.of(text);
    }

    private static Long number(String text) {
        return WHOLE.matcher(text).matches()
                ? Long.parseLong(text)
                : ByteSize.parse(text).bytes();
    }
}
