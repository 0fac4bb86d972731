// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import dev.penstock.config.ConfigProblem.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects everything that is wrong, so that one report shows it all. Confined to the thread that loads. */
public final class ConfigProblems {
    private static final Comparator<ConfigProblem> BY_PLACE = Comparator.comparingInt(
                    (ConfigProblem problem) -> problem.line() == 0 ? Integer.MAX_VALUE : problem.line())
            .thenComparingInt(ConfigProblem::column)
            .thenComparing(ConfigProblem::path);

    /** By what they say where: an inherited or aliased section is bound once for every heir, and its problems are still one. */
    private final Map<List<Object>, ConfigProblem> found = new LinkedHashMap<>();

    /** Repeated ones included, so that whoever binds can tell whether his own part went well. */
    private int reported;

    private final SecretMask mask = new SecretMask();

    /** Something that makes the configuration unusable. */
    public void error(Origin origin, String path, String message) {
        reported++;
        add(Severity.ERROR, origin, path, message);
    }

    /** An error at a node. */
    public void error(ConfigNode node, String message) {
        error(node.origin(), node.path(), message);
    }

    /** Something that works and is probably not meant. */
    public void warning(Origin origin, String path, String message) {
        add(Severity.WARNING, origin, path, message);
    }

    private void add(Severity severity, Origin origin, String path, String message) {
        String key = path.substring(path.lastIndexOf('.') + 1);
        found.putIfAbsent(
                List.of(severity, origin, key, message), new ConfigProblem(severity, origin, path, message, ""));
    }

    int reported() {
        return reported;
    }

    /** Text that no report may show, although it stands in the file. */
    void hide(ConfigNode node) {
        mask.hide(node);
    }

    public List<ConfigProblem> errors() {
        return sorted(Severity.ERROR);
    }

    public List<ConfigProblem> warnings() {
        return sorted(Severity.WARNING);
    }

    /** Throws the report if there is any error. */
    public void throwIfAny() {
        List<ConfigProblem> errors = errors();
        if (!errors.isEmpty()) {
            throw new ConfigException(errors);
        }
    }

    private List<ConfigProblem> sorted(Severity severity) {
        List<ConfigProblem> chosen = new ArrayList<>();
        for (ConfigProblem problem : found.values()) {
            if (problem.severity() == severity) {
                chosen.add(withLine(problem));
            }
        }
        chosen.sort(BY_PLACE);
        return List.copyOf(chosen);
    }

    private ConfigProblem withLine(ConfigProblem problem) {
        String line = problem.origin() instanceof Origin.InFile place
                ? mask.apply(place.source().line(place.line()))
                : "";
        return new ConfigProblem(problem.severity(), problem.origin(), problem.path(), problem.message(), line);
    }
}
