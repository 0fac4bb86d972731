// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

/**
 * One thing that is wrong, or that deserves a warning, with its place. Immutable.
 *
 * @param path dotted path of the key, such as {@code routes[1].cluster}; empty for the file as a whole
 * @param message what is wrong and what to do, in lower case, without the path
 * @param sourceLine the line of the file, secrets masked; empty where there is none
 */
public record ConfigProblem(Severity severity, Origin origin, String path, String message, String sourceLine) {
    private static final int WIDEST = 160;

    /** Whether a configuration with this can be used. */
    public enum Severity {
        ERROR,
        WARNING
    }

    /** Line in the file from 1, or 0 where the value came from elsewhere. */
    public int line() {
        return origin instanceof Origin.InFile place ? place.line() : 0;
    }

    /** Column in the file from 1, or 0 where the value came from elsewhere. */
    public int column() {
        return origin instanceof Origin.InFile place ? place.column() : 0;
    }

    /** Everything on one line: place, path, message. */
    public String summary() {
        return origin + ": " + (path.isEmpty() ? "" : path + ": ") + message;
    }

    /** The summary, then the line of the file with a caret under the place. */
    public String render() {
        if (sourceLine.isBlank()) {
            return summary();
        }
        int from = Math.max(0, column() - WIDEST / 2);
        int to = Math.min(sourceLine.length(), from + WIDEST);
        String shown = from >= to ? "" : sourceLine.substring(from, to).replace('\t', ' ');
        return summary() + "\n    " + shown + "\n    " + " ".repeat(Math.max(0, column() - 1 - from)) + "^";
    }

    @Override
    public String toString() {
        return summary();
    }
}
