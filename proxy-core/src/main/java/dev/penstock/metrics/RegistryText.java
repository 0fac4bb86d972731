// SPDX-License-Identifier: Apache-2.0
package dev.penstock.metrics;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;

/**
 * Writes a registry as text, in the format the scraper asked for. The library adds a {@code _created} timestamp to every
 * counter and histogram child, which Prometheus does not use and which would double the lines of a scrape: they are left
 * out. Immutable.
 */
final class RegistryText {
    private RegistryText() {}

    static Exposition render(CollectorRegistry registry, String acceptHeader) {
        var contentType = TextFormat.chooseContentType(acceptHeader);
        var families = Collections.list(registry.metricFamilySamples()).stream()
                .map(RegistryText::withoutCreated)
                .toList();
        var out = new StringWriter();
        try {
            TextFormat.writeFormat(contentType, out, Collections.enumeration(families));
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter cannot fail", e);
        }
        return new Exposition(contentType, out.toString());
    }

    private static MetricFamilySamples withoutCreated(MetricFamilySamples family) {
        var kept = family.samples.stream()
                .filter(sample -> !sample.name.equals(family.name + "_created"))
                .toList();
        return new MetricFamilySamples(family.name, family.unit, family.type, family.help, List.copyOf(kept));
    }
}
