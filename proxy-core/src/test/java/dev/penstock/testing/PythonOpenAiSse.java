// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules of the decoder in OpenAI's Python SDK. It differs from the standard in one way that bites proxies: once an {@code id:} was
 * seen, any blank line (one after a comment, say) dispatches an event, empty as it is, and the SDK then fails on its JSON. Confined
 * to one thread.
 */
public final class PythonOpenAiSse implements SseDecoding {
    private final List<SseMessage> events = new ArrayList<>();
    private final List<String> data = new ArrayList<>();
    private String name = "";
    private String lastId = "";
    private boolean retry;

    @Override
    public List<SseMessage> decode(byte[] body) {
        // Lines are bytes.splitlines(): LF, CR and CRLF, with a rest after the last one taken as a line.
        String latin = new String(body, ISO_8859_1);
        List<String> lines = new ArrayList<>(StrictSse.lines(latin));
        String rest = rest(latin);
        if (!rest.isEmpty()) {
            lines.add(rest);
        }
        for (String line : lines) {
            line(new String(line.getBytes(ISO_8859_1), UTF_8));
        }
        return List.copyOf(events);
    }

    private static String rest(String text) {
        return text.substring(Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1);
    }

    private void line(String line) {
        if (line.isEmpty()) {
            dispatch();
        } else if (!line.startsWith(":")) {
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            field(field, value.startsWith(" ") ? value.substring(1) : value);
        }
    }

    private void field(String field, String value) {
        switch (field) {
            case "event" -> name = value;
            case "data" -> data.add(value);
            case "id" -> lastId = value.indexOf('\0') < 0 ? value : lastId;
            case "retry" -> retry = true;
            default -> {}
        }
    }

    private void dispatch() {
        if (name.isEmpty() && data.isEmpty() && lastId.isEmpty() && !retry) {
            return;
        }
        events.add(new SseMessage(name, String.join("\n", data), lastId));
        name = "";
        data.clear();
        retry = false;
    }
}
