// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The classes of one plugin. Its parent is the platform loader; from the host it gets the SPI and slf4j, and nothing else, so
 * that the host's libraries neither help nor disturb it. Prefixes end with a dot on purpose: {@code dev.penstock.spirit} is not
 * the SPI.
 *
 * <p>Thread-safe: parallel capable.
 */
final class PluginClassLoader extends URLClassLoader {
    private static final List<String> SHARED = List.of("dev.penstock.spi.", "org.slf4j.");
    private static final List<String> SHARED_FOLDERS =
            SHARED.stream().map(prefix -> prefix.replace('.', '/')).toList();
    private static final String SERVICES = "META-INF/services/";

    private final ClassLoader host;
    private volatile boolean closed; // written by whoever closes, read by whoever counts

    static {
        registerAsParallelCapable();
    }

    PluginClassLoader(String file, List<URL> jars, ClassLoader host) {
        super("plugin:" + file, jars.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
        this.host = host;
    }

    /** Whether a JAR entry belongs to what the host shares, and so has no business in a plugin. */
    static boolean isShared(String entry) {
        return SHARED_FOLDERS.stream().anyMatch(entry::startsWith);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        return SHARED.stream().anyMatch(name::startsWith) ? host.loadClass(name) : super.loadClass(name, resolve);
    }

    @Override
    public @Nullable URL getResource(String name) {
        if (isShared(name)) {
            return host.getResource(name);
        }
        return name.startsWith(SERVICES) ? findResource(name) : super.getResource(name);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        if (isShared(name)) {
            return host.getResources(name);
        }
        return name.startsWith(SERVICES) ? findResources(name) : super.getResources(name);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        super.close();
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public String toString() {
        return String.valueOf(getName());
    }
}
