// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the behaviour page says, in a form that a test can compare. Immutable. */
record BehaviourPage(String text) {
    private static final Pattern REFUSAL = Pattern.compile(
            "(?m)^\\| `([a-z_]+)` \\| (\\d{3}) \\| `([a-z_]+)` \\| (.*?) \\| (yes|no) \\| (kept|closed) \\|$");
    private static final Pattern REASON = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (?:\\d{3}|the plugin's) \\| ");
    private static final Pattern OUTCOME = Pattern.compile("(?m)^### `([a-z_]+)`$");
    private static final Pattern FAILURE =
            Pattern.compile("(?m)^- Before the commit: \\*\\*(\\d{3})\\*\\* `([a-z_]+)` \"(.*?)\"$");
    private static final Pattern TYPES = Pattern.compile("(?m)^\\| ([0-9, ]+) \\| `([a-z_]+)` \\| `([a-z_]+)` \\|$");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    static BehaviourPage read() {
        return new BehaviourPage(DocumentBlocks.of("cli/docs/behaviour.md").text());
    }

    /** An answer that the page announces. Immutable. */
    record Answer(int status, String code, String message) {}

    /** A refusal that the page announces; capital words of the message stand for anything. Immutable. */
    record Refusal(String reason, Answer answer, boolean retryAfter, boolean closed) {
        boolean says(String message) {
            String pattern = Pattern.quote(answer.message()).replaceAll("NAME|LIMIT|METHODS", "\\\\E.+\\\\Q");
            return message.matches(pattern);
        }
    }

    List<Refusal> refusals() {
        return REFUSAL.matcher(text)
                .results()
                .map(m -> new Refusal(
                        m.group(1),
                        new Answer(Integer.parseInt(m.group(2)), m.group(3), m.group(4)),
                        m.group(5).equals("yes"),
                        m.group(6).equals("closed")))
                .toList();
    }

    Set<String> reasons() {
        return words(REASON);
    }

    Set<String> outcomes() {
        return words(OUTCOME);
    }

    private Set<String> words(Pattern pattern) {
        return pattern.matcher(text).results().map(m -> m.group(1)).collect(Collectors.toSet());
    }

    /** The answers to failures before the commit. */
    List<Answer> failures() {
        return FAILURE.matcher(text)
                .results()
                .map(m -> new Answer(Integer.parseInt(m.group(1)), m.group(2), m.group(3)))
                .toList();
    }

    /** The error type of a status, OpenAI's or Anthropic's. */
    String errorType(int status, boolean anthropic) {
        MatchResult row = TYPES.matcher(text)
                .results()
                .filter(m -> List.of(m.group(1).split(", ", -1)).contains(Integer.toString(status)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the page knows no error type of " + status));
        return row.group(anthropic ? 3 : 2);
    }

    /** The words in backquotes from one text on, up to another. */
    Set<String> quotedBetween(String from, String to) {
        int start = text.indexOf(from);
        int end = text.indexOf(to, start);
        if (start < 0 || end < 0) {
            throw new AssertionError("the page does not say: " + from + " ... " + to);
        }
        var words = new ArrayList<String>();
        QUOTED.matcher(text.substring(start, end)).results().forEach(m -> words.add(m.group(1)));
        return new LinkedHashSet<>(words);
    }
}
