// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;
import java.util.List;

/**
 * Where the wanted members stand in the answers of all dialects: a tree of member names from the top. What it does not
 * name is of no interest, so one walk over an answer can skip it unread.
 *
 * <p>Immutable.
 */
final class AnswerTree {
    /** The tree's depth: members further down are never wanted. */
    static final int LEVELS = 5;

    /** A place of no interest. */
    static final AnswerTree NOWHERE = new AnswerTree("", AnswerField.NONE);

    private static final AnswerTree[] USAGE = {
        leaf("prompt_tokens", AnswerField.INPUT),
        leaf("input_tokens", AnswerField.INPUT),
        leaf("completion_tokens", AnswerField.OUTPUT),
        leaf("output_tokens", AnswerField.OUTPUT),
        leaf("cache_read_input_tokens", AnswerField.CACHE_READ),
        leaf("cache_creation_input_tokens", AnswerField.CACHE_WRITE),
        node("prompt_tokens_details", cached()),
        node("input_tokens_details", cached()),
        node("completion_tokens_details", leaf("reasoning_tokens", AnswerField.REASONING)),
        node("output_tokens_details", leaf("reasoning_tokens", AnswerField.REASONING)),
    };

    private static final AnswerTree[] INNER = {
        leaf("id", AnswerField.ID),
        leaf("model", AnswerField.MODEL),
        leaf("created_at", AnswerField.CREATED),
        node("usage", USAGE),
    };

    /** The whole answer. */
    static final AnswerTree ROOT = node(
            "",
            leaf("type", AnswerField.TYPE),
            leaf("id", AnswerField.ID),
            leaf("model", AnswerField.MODEL),
            leaf("index", AnswerField.INDEX),
            leaf("error", AnswerField.ERROR),
            leaf("choices", AnswerField.CHOICES),
            node("usage", USAGE),
            node("message", INNER),
            node("response", INNER));

    private final byte[] name;
    private final AnswerField field;
    private final List<AnswerTree> children;

    private AnswerTree(String name, AnswerField field, AnswerTree... children) {
        this.name = name.getBytes(US_ASCII);
        this.field = field;
        this.children = List.of(children);
    }

    private static AnswerTree leaf(String name, AnswerField field) {
        return new AnswerTree(name, field);
    }

    private static AnswerTree node(String name, AnswerTree... children) {
        return new AnswerTree(name, AnswerField.NONE, children);
    }

    private static AnswerTree[] cached() {
        return new AnswerTree[] {
            leaf("cached_tokens", AnswerField.CACHE_READ), leaf("cache_write_tokens", AnswerField.CACHE_WRITE)
        };
    }

    AnswerField field() {
        return field;
    }

    boolean isLeaf() {
        return children.isEmpty();
    }

    /** The member of this name, or {@link #NOWHERE}. */
    AnswerTree child(byte[] buf, int length) {
        for (AnswerTree child : children) {
            if (Arrays.equals(child.name, 0, child.name.length, buf, 0, length)) {
                return child;
            }
        }
        return NOWHERE;
    }
}
