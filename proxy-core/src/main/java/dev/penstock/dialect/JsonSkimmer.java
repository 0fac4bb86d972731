// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

/**
 * Walks over JSON that arrives in pieces and reports the few members that {@link AnswerTree} names.
 *
 * <p>A parser would keep every string it reads, however long; an answer's strings are what a proxy must not keep. This one
 * knows only strings, nesting and separators. It keeps the place in the tree, {@value #TOKEN} bytes of the member or value
 * at hand, and nothing else, whatever arrives. It is no judge: what is not JSON gives wrong reports or none, and never an
 * exception.
 *
 * <p>Confined to the stream thread.
 */
final class JsonSkimmer {
    /** Names and values longer than this are of no interest. */
    private static final int TOKEN = 256;

    private enum State {
        BETWEEN,
        STRING,
        ESCAPE,
        LITERAL
    }

    private final AnswerTally tally;
    private final AnswerTree[] places = new AnswerTree[AnswerTree.LEVELS + 1];
    private final boolean[] objects = new boolean[AnswerTree.LEVELS + 1];
    private final byte[] token = new byte[TOKEN];

    private State state = State.BETWEEN;
    private int depth;
    private AnswerTree place = AnswerTree.ROOT;
    private AnswerField opened = AnswerField.NONE;
    private boolean nameNext;
    private boolean collecting;
    private boolean escaped;
    private int tokenLength;

    JsonSkimmer(AnswerTally tally) {
        this.tally = tally;
    }

    /** Walks over one whole document. */
    void document(byte[] buf, int off, int len) {
        state = State.BETWEEN;
        depth = 0;
        place = AnswerTree.ROOT;
        opened = AnswerField.NONE;
        nameNext = false;
        feed(buf, off, len);
    }

    /** Walks over the next piece. */
    void feed(byte[] buf, int off, int len) {
        int end = off + len;
        int at = off;
        while (at < end) {
            at = switch (state) {
                case BETWEEN -> between(buf, at, end);
                case STRING -> string(buf, at, end);
                case ESCAPE -> escape(buf, at);
                case LITERAL -> literal(buf, at, end);
            };
        }
    }

    private int between(byte[] buf, int from, int end) {
        for (int at = from; at < end; at++) {
            switch (buf[at]) {
                case ' ', '\t', '\r', '\n' -> {}
                case '{' -> open(true);
                case '[' -> open(false);
                case '}', ']' -> close();
                case ',' -> separate();
                case ':' -> nameNext = false;
                case '"' -> {
                    begin(State.STRING);
                    return at + 1;
                }
                default -> {
                    begin(State.LITERAL);
                    return at;
                }
            }
        }
        return end;
    }

    private void open(boolean object) {
        opened = place.field();
        tally.opened(opened);
        depth++;
        if (depth <= AnswerTree.LEVELS) {
            places[depth] = object ? place : AnswerTree.NOWHERE;
            objects[depth] = object;
        }
        nameNext = object && depth <= AnswerTree.LEVELS;
        place = AnswerTree.NOWHERE;
    }

    private void close() {
        tally.closedEmpty(opened);
        opened = AnswerField.NONE;
        depth = Math.max(0, depth - 1);
        nameNext = false;
        place = AnswerTree.NOWHERE;
    }

    private void separate() {
        nameNext = depth > 0 && depth <= AnswerTree.LEVELS && objects[depth];
        place = AnswerTree.NOWHERE;
    }

    private void begin(State next) {
        state = next;
        opened = AnswerField.NONE;
        tokenLength = 0;
        escaped = false;
        collecting = nameNext ? !places[depth].isLeaf() : place.field() != AnswerField.NONE;
    }

    private int string(byte[] buf, int from, int end) {
        int at = from;
        while (at < end && buf[at] != '"' && buf[at] != '\\') {
            at++;
        }
        collect(buf, from, at - from);
        if (at == end) {
            return end;
        }
        if (buf[at] == '\\') {
            collect(buf, at, 1);
            state = State.ESCAPE;
        } else {
            endString();
        }
        return at + 1;
    }

    private int escape(byte[] buf, int at) {
        escaped = true;
        collect(buf, at, 1);
        state = State.STRING;
        return at + 1;
    }

    private void endString() {
        state = State.BETWEEN;
        if (nameNext) {
            place = collecting && !escaped ? places[depth].child(token, tokenLength) : AnswerTree.NOWHERE;
            nameNext = false;
        } else if (collecting) {
            tally.string(place.field(), token, tokenLength, escaped);
        }
    }

    private int literal(byte[] buf, int from, int end) {
        int at = from;
        while (at < end && !endsLiteral(buf[at])) {
            at++;
        }
        collect(buf, from, at - from);
        if (at == end) {
            return end;
        }
        state = State.BETWEEN;
        if (collecting) {
            tally.literal(place.field(), token, tokenLength);
        }
        return at;
    }

    private static boolean endsLiteral(byte b) {
        return switch (b) {
            case ',', '}', ']', ' ', '\n', '\r', '\t', '"', ':', '{', '[' -> true;
            default -> false;
        };
    }

    private void collect(byte[] buf, int from, int length) {
        if (!collecting) {
            return;
        }
        if (tokenLength + length > TOKEN) {
            collecting = false;
            return;
        }
        System.arraycopy(buf, from, token, tokenLength, length);
        tokenLength += length;
    }
}
