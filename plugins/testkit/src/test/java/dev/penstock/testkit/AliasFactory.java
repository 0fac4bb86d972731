// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import dev.penstock.spi.EventDecision;
import dev.penstock.spi.HoldBack;
import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.RequestDecision;
import dev.penstock.spi.RequestDraft;
import dev.penstock.spi.ResponseDecision;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamInfo;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A filter with a decision of every kind. Immutable. */
public final class AliasFactory implements PluginFactory<AliasFactory.Config> {
    /** Its section. */
    public record Config(
            @Nullable Map<String, String> aliases, @Nullable String marker) {
        /** Defaults. */
        public Config {
            aliases = aliases == null ? Map.of() : Map.copyOf(aliases);
            marker = marker == null ? "forbidden" : marker;
            if (marker.isBlank()) {
                throw new IllegalArgumentException("marker must not be blank");
            }
        }
    }

    @Override
    public String id() {
        return "alias";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public Set<Hook> hooks() {
        return Set.of(Hook.REQUEST, Hook.RESPONSE_HEAD, Hook.EVENT);
    }

    @Override
    public Plugin create(Config config, PluginContext context) {
        var hits = context.metrics().counter("hits_total", "Markers seen.", "marker");
        return new Plugin() {
            @Override
            public Optional<StreamFilter> filter(StreamInfo stream) {
                return Optional.of(new AliasFilter(config, () -> hits.add(1, String.valueOf(config.marker()))));
            }
        };
    }

    private record AliasFilter(Config config, Runnable hit) implements StreamFilter {
        @Override
        public HoldBack holdBack() {
            return HoldBack.window(Duration.ofMillis(20), 1024);
        }

        @Override
        public RequestDecision onRequest(RequestDraft request) {
            if (request.model().equals("unknown")) {
                return RequestDecision.reject(404, "model_not_found", "There is no model unknown.");
            }
            Map<String, String> aliases = config.aliases() == null ? Map.of() : config.aliases();
            request.routeTo(aliases.getOrDefault(request.model(), request.model()));
            return RequestDecision.proceed();
        }

        @Override
        public ResponseDecision onResponseHead(ResponseHead head) {
            return ResponseDecision.replaceHeaders(Map.of("x-served-by", head.instance()));
        }

        @Override
        public EventDecision onEvent(StreamEvent event) {
            if (event.data().contains(String.valueOf(config.marker()))) {
                hit.run();
                return EventDecision.end("marker", StreamEvent.of("stopped"));
            }
            return event.data().endsWith("...") ? EventDecision.hold() : EventDecision.forward();
        }
    }
}
