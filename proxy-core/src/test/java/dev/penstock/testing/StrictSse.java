// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;

/**
 * The living standard's algorithm to the letter: an event without data is not dispatched, an unfinished one is dropped, ids stick. On
 * top it refuses what the standard would paper over: bytes that are no UTF-8. Confined to one thread.
 */
public final class StrictSse implements SseDecoding {
    private final List<SseMessage> events = new ArrayList<>();
    private final StringBuilder data = new StringBuilder();
    private String name = "";
    private String id = "";
    private int comments;

    @Override
    public List<SseMessage> decode(byte[] body) {
        for (String line : lines(text(body))) {
            line(line);
        }
        return List.copyOf(events);
    }

    /** Comment lines seen so far. */
    public int comments() {
        return comments;
    }

    private static String text(byte[] body) {
        try {
            String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new AssertionError("the stream is not valid UTF-8", e);
        }
    }

    /** Whole lines only: what follows the last line end is not a line yet. */
    static List<String> lines(String text) {
        var lines = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || c == '\r') {
                lines.add(text.substring(start, i));
                if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
                    i++;
                }
                start = i + 1;
            }
        }
        return lines;
    }

    private void line(String line) {
        int colon = line.indexOf(':');
        if (line.isEmpty()) {
            dispatch();
        } else if (colon == 0) {
            comments++;
        } else if (colon < 0) {
            field(line, "");
        } else {
            String value = line.substring(colon + 1);
            field(line.substring(0, colon), value.startsWith(" ") ? value.substring(1) : value);
        }
    }

    private void field(String field, String value) {
        switch (field) {
            case "event" -> name = value;
            case "data" -> data.append(value).append('\n');
            case "id" -> id = value.indexOf('\0') < 0 ? value : id;
            default -> {}
        }
    }

    private void dispatch() {
        if (!data.isEmpty()) {
            events.add(new SseMessage(name, data.substring(0, data.length() - 1), id));
        }
        data.setLength(0);
        name = "";
    }
}
