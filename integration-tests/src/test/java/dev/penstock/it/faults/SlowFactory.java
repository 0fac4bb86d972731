// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it.faults;

import dev.penstock.spi.Hook;
import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamInfo;
import dev.penstock.spi.StreamObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** An observer that takes its time over each event of a stream whose model's name begins with {@code watched}. Immutable. */
public final class SlowFactory implements PluginFactory<SlowFactory.Config> {
    /**
     * The configuration. Immutable.
     *
     * @param time how long one event takes
     */
    public record Config(Duration time) {}

    @Override
    public String id() {
        return "slow";
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
                return stream.model().startsWith("watched")
                        ? Optional.of(new SlowObserver(config.time()))
                        : Optional.empty();
            }
        };
    }

    /** Sleeps. Immutable. */
    private record SlowObserver(Duration time) implements StreamObserver {
        @Override
        public void onEvent(StreamEvent event) throws InterruptedException {
            Thread.sleep(time);
        }
    }
}
