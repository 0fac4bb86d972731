// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.SpiVersion;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/** What a plugin's JAR says about itself, read before any class of it is loaded. Immutable. */
record PluginManifest(String id, String version, SpiVersion spiVersion) {
    static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{0,39}");

    private static final String ID_KEY = "Penstock-Plugin-Id";
    private static final String VERSION_KEY = "Penstock-Plugin-Version";
    private static final String SPI_KEY = "Penstock-Spi-Version";
    private static final String REMEDY = "; plugins/pom.xml in Penstock's sources shows how a build writes it";

    /** Whether a manifest claims to be a plugin's. */
    static boolean claims(Manifest manifest) {
        return manifest.getMainAttributes().getValue(ID_KEY) != null;
    }

    /** Reads and checks; {@code host} is the version of the SPI that the host runs. */
    static PluginManifest read(Manifest manifest, SpiVersion host) throws JarProblem {
        Attributes main = manifest.getMainAttributes();
        String id = required(main, ID_KEY);
        if (!ID.matcher(id).matches()) {
            throw new JarProblem("manifest attribute " + ID_KEY + " must be like my-plugin, not \"" + id + "\"");
        }
        SpiVersion built = version(required(main, SPI_KEY));
        if (!host.accepts(built)) {
            throw new JarProblem("was built against SPI " + built + ", and this is SPI " + host + ": "
                    + (built.compareTo(host) > 0
                            ? "use a newer Penstock, or an older version of the plugin"
                            : "use a version of the plugin that was built against SPI " + host.major() + ".x"));
        }
        return new PluginManifest(id, required(main, VERSION_KEY), built);
    }

    private static String required(Attributes main, String key) throws JarProblem {
        Optional<String> value = Optional.ofNullable(main.getValue(key));
        return value.map(String::strip)
                .filter(text -> !text.isEmpty())
                .orElseThrow(() -> new JarProblem("has no manifest attribute " + key + REMEDY));
    }

    private static SpiVersion version(String text) throws JarProblem {
        try {
            return SpiVersion.parse(text);
        } catch (IllegalArgumentException e) {
            throw new JarProblem("manifest attribute " + SPI_KEY + " must be like 1.0, not \"" + text + "\"");
        }
    }
}
