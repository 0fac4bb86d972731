// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.config.ConfigProblems;
import dev.penstock.config.LoadedConfig;
import dev.penstock.config.Origin;
import dev.penstock.config.PenstockConfig;
import java.util.List;
import java.util.function.Function;

/**
 * What is decided when the proxy starts and holds until it ends: sockets, and what was built into them. A reload that would
 * change any of it is refused by name, because one that silently kept the old value would be believed.
 *
 * <p>Immutable: without state.
 */
final class FixedKeys {
    private static final List<Key> KEYS = List.of(
            new Key("listen.address", config -> config.listen().address()),
            new Key("listen.tls", config -> config.listen().tls()),
            new Key("listen.reuse_port", config -> config.listen().reusePort()),
            new Key("listen.max_connections", config -> config.listen().maxConnections()),
            new Key("listen.keep_alive", config -> config.listen().keepAlive()),
            new Key("admin.listen", config -> config.admin().listen()),
            new Key("admin.token", config -> config.admin().token()),
            new Key(
                    "stream.timeouts.request_head",
                    config -> config.stream().timeouts().requestHead()),
            new Key("log.format", config -> config.log().format()));

    private FixedKeys() {}

    /** One of them. Immutable. */
    private record Key(String path, Function<PenstockConfig, Object> value) {}

    /** Throws a {@link dev.penstock.config.ConfigException} that names all of them that would change. */
    static void check(LoadedConfig running, LoadedConfig next) {
        ConfigProblems problems = new ConfigProblems();
        for (Key key : KEYS) {
            if (!key.value.apply(running.config()).equals(key.value.apply(next.config()))) {
                problems.error(place(key.path, next), key.path, "cannot change while the proxy runs; restart it");
            }
        }
        problems.throwIfAny();
    }

    private static Origin place(String path, LoadedConfig next) {
        String origin = next.effective().origins().entrySet().stream()
                .filter(entry -> entry.getKey().equals(path) || entry.getKey().startsWith(path + "."))
                .map(entry -> entry.getValue())
                .findFirst()
                .orElse("default");
        return new Origin.Outside(origin);
    }
}
