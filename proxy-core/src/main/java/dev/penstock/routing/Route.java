// SPDX-License-Identifier: Apache-2.0
package dev.penstock.routing;

import dev.penstock.admission.StreamLimiter;
import dev.penstock.config.Glob;
import dev.penstock.config.HeaderName;
import dev.penstock.config.PathPattern;
import dev.penstock.config.RouteConfig;
import dev.penstock.config.StreamConfig;
import dev.penstock.config.WeightedCluster;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One rule of the table: what a request must look like, where it goes, under which cap and with which stream settings.
 * Immutable; its limiter is alive and shared with the generations before and after.
 */
public record Route(RouteConfig config, StreamLimiter limiter) {

    public String name() {
        return config.name();
    }

    /** The model to ask for instead of the client's. */
    public Optional<String> model() {
        return config.model();
    }

    /** Complete: what the route does not say is the global setting. */
    public StreamConfig stream() {
        return config.stream();
    }

    private String paths() {
        return config.match().path().stream().map(PathPattern::toString).collect(Collectors.joining(" or "));
    }

    boolean hasPath(String path) {
        return config.match().hasPath(path);
    }

    /** Whether it can be the answer for some model. */
    boolean takes(String path, HeaderLookup headers) {
        return hasPath(path) && missingHeader(headers).isEmpty();
    }

    boolean takesEveryModel() {
        return config.match().model().any();
    }

    boolean matches(String path, Optional<String> model, HeaderLookup headers) {
        return takes(path, headers) && hasModel(model);
    }

    /** Why it does not match, in words for an operator; empty if it does. */
    Optional<String> mismatch(String path, Optional<String> model, HeaderLookup headers) {
        if (!hasPath(path)) {
            return Optional.of("path " + path + " is not " + paths());
        }
        if (!hasModel(model)) {
            String asked = model.map(name -> "model " + name).orElse("a request without a model");
            return Optional.of(asked + " is not " + config.match().model());
        }
        return missingHeader(headers).map(header -> "no header " + header.getKey() + ": " + header.getValue());
    }

    /**
     * The clusters to try, in order, of those that can be sent the request: one that shares the traffic, then the fallbacks. The
     * draw is from zero to one, and one whose weight is zero is never drawn.
     */
    List<String> chain(double draw, Predicate<String> speaks) {
        SequencedSet<String> chain = new LinkedHashSet<>();
        drawn(draw, speaks).ifPresent(chain::add);
        config.fallback().stream().filter(speaks).forEach(chain::add);
        return List.copyOf(chain);
    }

    /** Whether there is any cluster to try, for whatever request. */
    boolean leadsSomewhere() {
        return !chain(0, name -> true).isEmpty();
    }

    /** The models it publishes: those it lists, or the one it matches exactly. */
    List<String> publishedModels() {
        List<String> models = new ArrayList<>(config.models());
        if (config.match().model().exact()) {
            models.add(config.match().model().text());
        }
        return models;
    }

    private boolean hasModel(Optional<String> model) {
        Glob glob = config.match().model();
        return glob.any() || model.filter(glob::matches).isPresent();
    }

    private Optional<Map.Entry<HeaderName, Glob>> missingHeader(HeaderLookup headers) {
        return config.match().headers().entrySet().stream()
                .filter(wanted ->
                        headers.values(wanted.getKey().text()).stream().noneMatch(wanted.getValue()::matches))
                .findFirst();
    }

    private Optional<String> drawn(double draw, Predicate<String> speaks) {
        List<WeightedCluster> sharing = config.clusters().stream()
                .filter(cluster -> speaks.test(cluster.name()))
                .toList();
        double rest = draw * sharing.stream().mapToInt(WeightedCluster::weight).sum();
        Optional<String> last = Optional.empty();
        for (WeightedCluster cluster : sharing) {
            if (cluster.weight() > 0) {
                last = Optional.of(cluster.name());
                rest -= cluster.weight();
                if (rest < 0) {
                    return last;
                }
            }
        }
        return last;
    }
}
