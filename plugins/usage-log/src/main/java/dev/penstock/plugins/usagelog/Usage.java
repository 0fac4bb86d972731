// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.usagelog;

import dev.penstock.spi.StreamSummary;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one stream has used, as far as it is known.
 *
 * <p>Immutable.
 */
record Usage(
        OptionalLong inputTokens, OptionalLong outputTokens, Optional<Double> tokensPerSecond, Optional<Double> cost) {

    static Usage of(String model, StreamSummary summary, PriceTable prices) {
        OptionalLong input = summary.inputTokens();
        OptionalLong output = summary.outputTokens();
        Optional<Double> cost = input.isPresent() || output.isPresent()
                ? prices.cost(model, input.orElse(0), output.orElse(0))
                : Optional.empty();
        return new Usage(input, output, rate(output, summary), cost);
    }

    /** Over the time from the first token on; waiting for it is another matter. */
    private static Optional<Double> rate(OptionalLong output, StreamSummary summary) {
        Duration writing = summary.duration().minus(summary.timeToFirstToken().orElse(Duration.ZERO));
        return output.isPresent() && writing.isPositive()
                ? Optional.of(output.getAsLong() / (writing.toNanos() / 1e9))
                : Optional.empty();
    }
}
