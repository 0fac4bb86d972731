// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import dev.penstock.spi.Hook;
import dev.penstock.spi.LastResult;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamInfo;
import dev.penstock.spi.StreamObserver;
import dev.penstock.spi.StreamSummary;
import java.util.Optional;
import java.util.Set;

/** An observer that counts. Immutable. */
public final class CountFactory implements PluginFactory<CountFactory.Config> {
    /** Nothing to configure. */
    public record Config() {}

    @Override
    public String id() {
        return "count";
    }

    @Override
    public Class<Config> configType() {
        return Config.class;
    }

    @Override
    public Set<Hook> hooks() {
        return Set.of(Hook.OBSERVE);
    }

    @Override
    public Plugin create(Config config, PluginContext context) {
        return new Plugin() {
            @Override
            public Optional<StreamObserver> observer(StreamInfo stream) {
                return Optional.of(new CountObserver());
            }
        };
    }

    private static final class CountObserver implements StreamObserver {
        private long events;

        @Override
        public void onEvent(StreamEvent event) {
            events++;
        }

        @Override
        public LastResult onLast(StreamEvent last, StreamSummary summary) {
            return LastResult.none()
                    .withLogField("events", events)
                    .withTrailer("x-events", Long.toString(events))
                    .withEvent(StreamEvent.of("count", Long.toString(events)));
        }
    }
}
