// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.Hook;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.SpiVersion;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A factory that was found, and what it said about itself when it was asked, once. Immutable.
 *
 * @param file where it was found; "built in" for one without a JAR
 * @param loader closed with the last plugin of its generation; empty for one without a JAR
 */
record LoadedPlugin(
        String id,
        String version,
        SpiVersion spiVersion,
        String file,
        PluginFactory<?> factory,
        Class<? extends Record> configType,
        Set<Hook> hooks,
        Set<Hook> heavyHooks,
        Optional<PluginClassLoader> loader) {

    /** Asks a factory, which is plugin code, for what it is. */
    static LoadedPlugin of(
            PluginManifest manifest, String file, PluginFactory<?> factory, Optional<PluginClassLoader> loader)
            throws JarProblem {
        String id = factory.id();
        if (!manifest.id().equals(id)) {
            throw new JarProblem("says " + manifest.id() + " in its manifest and " + id + " in its factory's id()");
        }
        Class<? extends Record> configType = factory.configType();
        if (configType == null || !configType.isRecord()) {
            throw new JarProblem("its factory's configType() is not a record");
        }
        Set<Hook> hooks = factory.hooks();
        Set<Hook> heavy = factory.heavyHooks();
        if (hooks == null || hooks.isEmpty()) {
            throw new JarProblem("its factory's hooks() are empty, so it would never be called");
        }
        if (heavy == null || !hooks.containsAll(heavy)) {
            throw new JarProblem("its factory's heavyHooks() are not among its hooks()");
        }
        return new LoadedPlugin(
                manifest.id(),
                manifest.version(),
                manifest.spiVersion(),
                file,
                factory,
                configType,
                Set.copyOf(hooks),
                Set.copyOf(heavy),
                loader);
    }

    PluginListing listing() {
        List<String> keys = Arrays.stream(configType.getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT))
                .toList();
        return new PluginListing(
                id,
                version,
                spiVersion.toString(),
                file,
                hooks.stream().sorted().map(Hook::name).toList(),
                keys);
    }
}
