// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import java.util.List;

/**
 * The closed lists whose members become label values: outcomes of admitted requests and reasons of refusals, in the
 * spelling of the access log. They come from outside because this package imports nothing of ours. Immutable.
 */
public record MetricWords(List<String> outcomes, List<String> reasons) {
    public MetricWords {
        outcomes = List.copyOf(outcomes);
        reasons = List.copyOf(reasons);
    }
}
