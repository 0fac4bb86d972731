// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.usagelog;

import dev.penstock.spi.Plugin;
import dev.penstock.spi.PluginMetrics.Counter;
import dev.penstock.spi.StreamInfo;
import dev.penstock.spi.StreamObserver;
import java.util.Optional;

/** One entry of the chain. Thread-safe: immutable, and its file and counter are thread-safe. */
record UsageLog(UsageFile file, PriceTable prices, String currency, Counter lines) implements Plugin {
    @Override
    public Optional<StreamObserver> observer(StreamInfo stream) {
        return Optional.of(new UsageStream(this, stream));
    }

    @Override
    public void close() {
        file.close();
    }
}
