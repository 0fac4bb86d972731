// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One scrape of the Prometheus text format, parsed without mercy: a line that does not parse is a failure. Immutable. */
public record Metrics(List<Sample> samples, String text) {
    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{(.*)\\})? (\\S+)( -?\\d+)?");
    private static final Pattern LABEL =
            Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*)\"(,|$)");

    public Metrics {
        samples = List.copyOf(samples);
    }

    /** One line. Immutable. */
    public record Sample(String name, Map<String, String> labels, double value) {
        public Sample {
            labels = Map.copyOf(labels);
        }

        boolean has(Map<String, String> wanted) {
            return labels.entrySet().containsAll(wanted.entrySet());
        }
    }

    /** Scrapes the admin listener on the loopback interface. */
    public static Metrics scrape(int adminPort) {
        try (var client = RawHttpClient.connect(adminPort)) {
            Response response = client.exchange(RawRequest.get("/metrics").header("Connection", "close"));
            if (response.status() != 200) {
                throw new AssertionError("/metrics answered " + response);
            }
            return parse(response.text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Metrics parse(String text) {
        var samples = new ArrayList<Sample>();
        text.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .forEach(line -> samples.add(sample(line)));
        return new Metrics(samples, text);
    }

    private static Sample sample(String line) {
        Matcher m = LINE.matcher(line);
        if (!m.matches()) {
            throw new AssertionError("not a line of the exposition format: " + line);
        }
        String labels = m.group(3) == null ? "" : m.group(3);
        return new Sample(m.group(1), labels(labels, line), number(m.group(4)));
    }

    private static Map<String, String> labels(String text, String line) {
        var labels = new LinkedHashMap<String, String>();
        Matcher m = LABEL.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!m.find(at) || m.start() != at) {
                throw new AssertionError("labels that do not parse: " + line);
            }
            labels.put(m.group(1), m.group(2));
            at = m.end();
        }
        return labels;
    }

    private static double number(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    /** The sum over all series of that name that carry the given labels (name, value, name, value...); zero if there are none. */
    public double sum(String name, String... labels) {
        return sum(name, sample -> sample.has(pairs(labels)));
    }

    public double sum(String name, Predicate<Sample> which) {
        return samples.stream()
                .filter(s -> s.name().equals(name))
                .filter(which)
                .mapToDouble(Sample::value)
                .sum();
    }

    public boolean has(String name) {
        return samples.stream().anyMatch(s -> s.name().equals(name));
    }

    /** The values of all series of one name, added up by one label. */
    public Map<String, Double> by(String name, String label) {
        var values = new TreeMap<String, Double>();
        samples.stream()
                .filter(s -> s.name().equals(name))
                .forEach(s -> values.merge(s.labels().getOrDefault(label, ""), s.value(), Double::sum));
        return values;
    }

    /** What grew (or shrank) since an earlier scrape, added up by one label; zeros are left out. */
    public Map<String, Long> growth(Metrics before, String name, String label) {
        Map<String, Double> old = before.by(name, label);
        var growth = new TreeMap<String, Long>();
        by(name, label).forEach((key, value) -> {
            long more = Math.round(value - old.getOrDefault(key, 0.0));
            if (more != 0) {
                growth.put(key, more);
            }
        });
        return growth;
    }

    private static Map<String, String> pairs(String... labels) {
        var map = new LinkedHashMap<String, String>();
        for (int i = 0; i < labels.length; i += 2) {
            map.put(labels[i], labels[i + 1]);
        }
        return map;
    }
}
