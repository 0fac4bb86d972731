// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;

/** The whole configuration, valid and complete: every default is filled in and every reference resolves. Immutable. */
public record PenstockConfig(
        @Doc(value = "Where clients connect.", standard = "127.0.0.1:8080", example = "0.0.0.0:8080")
        ListenConfig listen,

        @Doc(value = "Where operators connect: health, metrics, live streams.", standard = "127.0.0.1:9901")
        AdminConfig admin,

        @Doc("Caps, queue and turn of this process.") WorkerConfig worker,

        @Doc(
                value = "Who a request is counted against: the peer's address, or a header on a trusted network.",
                standard = "peer",
                example = "{header: x-team}")
        ConsumerConfig consumer,

        @Doc(value = "Networks whose X-Forwarded-For is believed.", example = "[10.0.0.0/8]")
        List<Cidr> trustedProxies,

        @Doc("How streams behave; a route may override any of it.")
        StreamConfig stream,

        @Doc("How the process stops.") DrainConfig drain,

        @Doc("When the configuration is read again.") ReloadConfig reload,

        @Doc(value = "Where requests can go.", filled = true)
        List<ClusterConfig> clusters,

        @Doc(value = "Which request goes where; the first match wins.", filled = true)
        List<RouteConfig> routes,

        @Doc("Plugins and their order.") PluginsConfig plugins,

        @Doc("Log level and format.") LogConfig log) {
    public PenstockConfig {
        trustedProxies = List.copyOf(trustedProxies);
        clusters = List.copyOf(clusters);
        routes = List.copyOf(routes);
    }

    /** Everything at its default; there is no cluster and no route. */
    public static PenstockConfig defaults() {
        return Defaults.of(PenstockConfig.class);
    }
}
