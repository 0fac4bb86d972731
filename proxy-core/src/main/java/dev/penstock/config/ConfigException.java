// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used. The message is the whole report, ready to print. Immutable. */
public final class ConfigException extends RuntimeException {
    /** More than this on a screen helps nobody. */
    static final int SHOWN = 20;

    private static final long serialVersionUID = 1L;

    private final transient List<ConfigProblem> problems;

    ConfigException(List<ConfigProblem> problems) {
        super(report(problems));
        this.problems = List.copyOf(problems);
    }

    /** All of them, sorted by place. */
    public List<ConfigProblem> problems() {
        return problems;
    }

    private static String report(List<ConfigProblem> problems) {
        String shown = problems.stream().limit(SHOWN).map(ConfigProblem::render).collect(Collectors.joining("\n"));
        return problems.size() <= SHOWN ? shown : shown + "\nand " + (problems.size() - SHOWN) + " more";
    }
}
