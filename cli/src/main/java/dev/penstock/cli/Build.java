// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import static java.util.Objects.requireNonNull;

import dev.penstock.metrics.BuildInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** What is running: written down by the build, and asked of the JVM. Immutable. */
final class Build {

    private static final String RESOURCE = "build.properties";

    private Build() {}

    /** Name to value, in the order to print. */
    static Map<String, String> read() {
        Properties build = new Properties();
        try (InputStream in = requireNonNull(Build.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            build.load(in);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        Map<String, String> info = new LinkedHashMap<>();
        info.put("version", known(build, "version"));
        info.put("commit", known(build, "commit"));
        info.put("built", known(build, "built"));
        info.put("jetty", known(build, "jetty"));
        info.put("jdk", System.getProperty("java.runtime.version") + " (" + System.getProperty("java.vendor") + ")");
        info.put(
                "os",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        return info;
    }

    /** The same as the proxy's metrics tell it. */
    static BuildInfo asMetric() {
        Map<String, String> info = read();
        return new BuildInfo(
                info.getOrDefault("version", ""),
                info.getOrDefault("commit", ""),
                info.getOrDefault("jdk", ""),
                info.getOrDefault("jetty", ""));
    }

    /** A placeholder that the build left as it was says that the build did not know, as outside a Git checkout. */
    private static String known(Properties build, String name) {
        String value = build.getProperty(name, "");
        return value.isEmpty() || value.startsWith("${") ? "unknown" : value;
    }

    /** The same for {@code --version}. Immutable. */
    static final class Provider implements picocli.CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            List<String> lines = new ArrayList<>();
            read().forEach((name, value) ->
                    lines.add(name.equals("version") ? "penstock " + value : name + " " + value));
            return lines.toArray(String[]::new);
        }
    }
}
