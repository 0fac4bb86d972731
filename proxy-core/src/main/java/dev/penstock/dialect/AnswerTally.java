// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Collects what a {@link JsonSkimmer} reports: counts, model and id of the whole answer, and a few facts about the
 * document at hand. A later count replaces an earlier one, for all dialects report running totals.
 *
 * <p>Confined to the stream thread.
 */
final class AnswerTally {
    private static final JsonFactory JSON = new JsonFactory();
    private static final long ABSENT = -1;

    private long input = ABSENT;
    private long output = ABSENT;
    private long cacheRead = ABSENT;
    private long cacheWrite = ABSENT;
    private long reasoning = ABSENT;
    private long created = ABSENT;
    private Optional<String> model = Optional.empty();
    private Optional<String> id = Optional.empty();

    private Optional<String> type = Optional.empty();
    private long index = ABSENT;
    private boolean error;
    private boolean noChoices;

    /** Forgets what belongs to one document only. */
    void nextDocument() {
        type = Optional.empty();
        index = ABSENT;
        error = false;
        noChoices = false;
    }

    void opened(AnswerField field) {
        error |= field == AnswerField.ERROR;
    }

    void closedEmpty(AnswerField field) {
        noChoices |= field == AnswerField.CHOICES;
    }

    void string(AnswerField field, byte[] token, int length, boolean escaped) {
        switch (field) {
            case ERROR -> error |= length > 0;
            case TYPE -> type = text(token, length, escaped);
            case MODEL -> model = text(token, length, escaped).or(() -> model);
            case ID -> id = text(token, length, escaped).or(() -> id);
            default -> {}
        }
    }

    void literal(AnswerField field, byte[] token, int length) {
        if (field == AnswerField.ERROR) {
            error |= token[0] != 'n' && token[0] != 'f';
            return;
        }
        long number = number(token, length);
        if (number != ABSENT) {
            number(field, number);
        }
    }

    private void number(AnswerField field, long number) {
        switch (field) {
            case INPUT -> input = number;
            case OUTPUT -> output = number;
            case CACHE_READ -> cacheRead = number;
            case CACHE_WRITE -> cacheWrite = number;
            case REASONING -> reasoning = number;
            case CREATED -> created = number;
            case INDEX -> index = number;
            default -> {}
        }
    }

    /** A count; whatever else a literal may be is no count. */
    private static long number(byte[] token, int length) {
        if (length == 0 || length > 18) {
            return ABSENT;
        }
        long number = 0;
        for (int i = 0; i < length; i++) {
            int digit = token[i] - '0';
            if (digit < 0 || digit > 9) {
                return ABSENT;
            }
            number = number * 10 + digit;
        }
        return number;
    }

    private static Optional<String> text(byte[] token, int length, boolean escaped) {
        String text = new String(token, 0, length, UTF_8);
        Optional<String> plain = escaped ? unescaped(text) : Optional.of(text);
        return plain.filter(t -> !t.isEmpty());
    }

    private static Optional<String> unescaped(String text) {
        try (JsonParser json = JSON.createParser('"' + text + '"')) {
            json.nextToken();
            return Optional.of(json.getText());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    Usage usage() {
        return new Usage(some(input), some(output), some(cacheRead), some(cacheWrite), some(reasoning));
    }

    Optional<String> model() {
        return model;
    }

    Optional<String> id() {
        return id;
    }

    OptionalLong created() {
        return some(created);
    }

    Optional<String> type() {
        return type;
    }

    OptionalLong index() {
        return some(index);
    }

    /** The document has an error at its top that is not null, false or empty text. */
    boolean error() {
        return error;
    }

    /** The document has a list of choices, and it is empty. */
    boolean noChoices() {
        return noChoices;
    }

    private static OptionalLong some(long value) {
        return value == ABSENT ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
