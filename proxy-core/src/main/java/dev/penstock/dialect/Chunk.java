// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * Tells what kind of members a chunk of OpenAI's chat or completions stream has, by one scan over its bytes. A quote inside
 * a JSON string is escaped, so {@code "name":} in the bytes always is a member; only its depth is unknown.
 *
 * <p>Immutable.
 */
final class Chunk {
    /** A member that holds output is not empty. */
    static final int TOKEN = 1;

    /** A member named usage is not null. */
    static final int USAGE = 2;

    /** A member named error is not null. */
    static final int ERROR = 4;

    private static final byte[] USAGE_NAME = name("usage");
    private static final byte[] ERROR_NAME = name("error");
    private static final byte[][] C = {name("content")};
    private static final byte[][] R = {name("reasoning_content"), name("reasoning"), name("refusal")};
    private static final byte[][] T = {name("text"), name("tool_calls"), name("thinking")};
    private static final byte[][] F = {name("function_call")};
    private static final byte[][] A = {name("audio")};

    private Chunk() {}

    private static byte[] name(String name) {
        return (name + '"').getBytes(US_ASCII);
    }

    /** The kinds found, as a sum of the constants. */
    static int scan(byte[] buf, int off, int len) {
        int end = off + len;
        int found = 0;
        for (int at = off; at < end - 1; at++) {
            if (buf[at] == '"') {
                found |= member(buf, at + 1, end);
            }
        }
        return found;
    }

    private static int member(byte[] buf, int at, int end) {
        return switch (buf[at]) {
            case 'u' -> isNull(buf, value(buf, at, end, USAGE_NAME), end) ? 0 : USAGE;
            case 'e' -> isNull(buf, value(buf, at, end, ERROR_NAME), end) ? 0 : ERROR;
            case 'c' -> output(buf, at, end, C);
            case 'r' -> output(buf, at, end, R);
            case 't' -> output(buf, at, end, T);
            case 'f' -> output(buf, at, end, F);
            case 'a' -> output(buf, at, end, A);
            default -> 0;
        };
    }

    private static int output(byte[] buf, int at, int end, byte[][] names) {
        for (byte[] name : names) {
            if (isFilled(buf, value(buf, at, end, name), end)) {
                return TOKEN;
            }
        }
        return 0;
    }

    /** Where the member's value begins, or {@code end} if this is no such member. */
    private static int value(byte[] buf, int at, int end, byte[] name) {
        int after = at + name.length;
        if (after >= end || !Arrays.equals(buf, at, after, name, 0, name.length)) {
            return end;
        }
        int colon = space(buf, after, end);
        return colon < end && buf[colon] == ':' ? space(buf, colon + 1, end) : end;
    }

    private static int space(byte[] buf, int from, int end) {
        int at = from;
        while (at < end && (buf[at] == ' ' || buf[at] == '\n' || buf[at] == '\r' || buf[at] == '\t')) {
            at++;
        }
        return at;
    }

    private static boolean isNull(byte[] buf, int value, int end) {
        return value == end || buf[value] == 'n';
    }

    /** A string, array or object with something in it. */
    private static boolean isFilled(byte[] buf, int value, int end) {
        if (value >= end - 1) {
            return false;
        }
        return switch (buf[value]) {
            case '"' -> buf[value + 1] != '"';
            case '[' -> buf[Math.min(end - 1, space(buf, value + 1, end))] != ']';
            case '{' -> buf[Math.min(end - 1, space(buf, value + 1, end))] != '}';
            default -> false;
        };
    }
}
