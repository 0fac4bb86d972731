// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Which requests go to which cluster. Immutable. */
public record RouteConfig(
        @Doc(value = "Name, used by metrics and logs.", derived = "`r1`, `r2` and so on by position", example = "chat")
        String name,

        @Doc("What a request must look like; left out, every request matches.")
        MatchConfig match,

        @Doc(
                value = "Clusters that share the traffic by weight; `cluster: NAME` where there is one.",
                example = "[{name: a, weight: 9}, {name: b, weight: 1}]",
                singular = "cluster",
                filled = true)
        List<WeightedCluster> clusters,

        @Doc(value = "Clusters to try in this order when the chosen one cannot serve.", example = "[backup]")
        List<String> fallback,

        @Doc(value = "Model name to ask for in place of the client's.", standard = "off", example = "gpt-4o-mini")
        Optional<String> model,

        @Doc(value = "Models that GET /v1/models lists for this route.", example = "[gpt-4o, gpt-4o-mini]")
        List<String> models,

        @Doc(value = "Streams at once.", derived = "`worker.max_streams_per_route`", standard = "off", example = "500")
        Optional<Integer> maxStreams,

        @Doc(
                value = "How long a request may wait for a free place.",
                derived = "`worker.queue.max_wait`",
                standard = QueueConfig.MAX_WAIT,
                example = "1s")
        Duration maxWait,

        @Doc(value = "Overrides of the global stream section.", derived = "key by key, `stream`")
        StreamConfig stream) {
    public RouteConfig {
        clusters = List.copyOf(clusters);
        fallback = List.copyOf(fallback);
        models = List.copyOf(models);
    }
}
