// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.promptguard;

import dev.penstock.plugins.parts.Prompt;
import dev.penstock.plugins.parts.SearchTimeoutException;
import dev.penstock.plugins.parts.TextSearch;
import dev.penstock.plugins.promptguard.PromptGuardConfig.Verdict;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Judges prompts by limits and patterns.
 *
 * <p>Immutable.
 */
final class PromptGuard {
    private final PromptGuardConfig config;
    private final Set<Prompt.Role> watched;
    private final PatternList deny;
    private final PatternList allow;
    private final LongSupplier nanoTime;

    /** Why a prompt is refused: a word for programs and metrics, a sentence for people. */
    record Objection(int status, String code, String message, String pattern) {
        Objection(int status, String code, String message) {
            this(status, code, message, "");
        }
    }

    PromptGuard(PromptGuardConfig config, LongSupplier nanoTime) {
        TextSearch search = new TextSearch(config.patternTime(), nanoTime);
        this.config = config;
        this.watched = config.watched();
        this.deny = new PatternList(config.deny(), config::compile, search);
        this.allow = new PatternList(config.allow(), config::compile, search);
        this.nanoTime = nanoTime;
    }

    Optional<Objection> judge(Prompt prompt) {
        if (prompt.tokenIds() && config.tokenIds() == Verdict.REFUSE) {
            return Optional.of(
                    new Objection(400, "prompt_unreadable", "Prompts in token ids are not accepted here; send text."));
        }
        Optional<Objection> tooMuch = tooMuch(prompt);
        if (tooMuch.isPresent()) {
            return tooMuch;
        }
        try {
            return search(prompt);
        } catch (SearchTimeoutException e) {
            return config.onTimeout() == Verdict.PASS
                    ? Optional.empty()
                    : Optional.of(new Objection(422, "prompt_unchecked", "This prompt takes too long to check."));
        }
    }

    private Optional<Objection> tooMuch(Prompt prompt) {
        long chars = prompt.turns().stream()
                .flatMap(turn -> turn.pieces().stream())
                .mapToLong(String::length)
                .sum();
        if (chars > config.maxChars()) {
            return Optional.of(new Objection(
                    413,
                    "prompt_too_large",
                    "The prompt has " + chars + " characters; " + config.maxChars() + " are allowed here."));
        }
        int messages = prompt.turns().size();
        if (messages > config.maxMessages()) {
            return Optional.of(new Objection(
                    413,
                    "prompt_too_large",
                    "The prompt has " + messages + " messages; " + config.maxMessages() + " are allowed here."));
        }
        return Optional.empty();
    }

    private Optional<Objection> search(Prompt prompt) throws SearchTimeoutException {
        long deadline = nanoTime.getAsLong() + config.totalTime().toNanos();
        for (Prompt.Turn turn : prompt.turns()) {
            if (watched.contains(turn.role())) {
                Optional<Objection> objection = judge(turn, deadline);
                if (objection.isPresent()) {
                    return objection;
                }
            }
        }
        return Optional.empty();
    }

    /** A pattern that forbids counts in any reading of the message, one that allows must be in every reading. */
    private Optional<Objection> judge(Prompt.Turn turn, long deadline) throws SearchTimeoutException {
        for (String reading : turn.readings()) {
            String text = PlainText.of(reading);
            Optional<String> denied = deny.first(text, deadline);
            if (denied.isPresent()) {
                return Optional.of(new Objection(403, "prompt_denied", config.message(), denied.get()));
            }
            if (!allow.isEmpty() && allow.first(text, deadline).isEmpty()) {
                return Optional.of(new Objection(403, "prompt_not_allowed", config.message()));
            }
        }
        return Optional.empty();
    }
}
