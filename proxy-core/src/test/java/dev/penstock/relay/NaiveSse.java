// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A second reading of the standard, as slow and as plain as possible, to compare the parser with. Text is Latin-1, one
 * char per byte.
 *
 * <p>Immutable.
 */
final class NaiveSse {
    private NaiveSse() {}

    /** What a client would see of one block. */
    record Seen(String name, boolean hasData, String data, Optional<String> id) {}

    /** The blocks of a whole stream that a client could tell apart from nothing. */
    static List<Seen> parse(byte[] stream) {
        String text = new String(stream, ISO_8859_1);
        if (text.startsWith("\u00EF\u00BB\u00BF")) {
            text = text.substring(3);
        }
        List<String> lines = new ArrayList<>(
                List.of(text.replace("\r\n", "\n").replace('\r', '\n').split("\n", -1)));
        lines.removeLast(); // what follows the last line end is no line
        List<Seen> all = new ArrayList<>();
        List<String> block = new ArrayList<>();
        for (String line : lines) {
            if (line.isEmpty()) {
                all.add(block(block));
                block.clear();
            } else {
                block.add(line);
            }
        }
        return all.stream().filter(NaiveSse::matters).toList();
    }

    static boolean matters(Seen seen) {
        return seen.hasData() || seen.id().isPresent() || !seen.name().equals("message");
    }

    private static Seen block(List<String> lines) {
        String name = "";
        Optional<String> id = Optional.empty();
        List<String> data = new ArrayList<>();
        for (String line : lines) {
            int colon = line.indexOf(':');
            String field = colon < 0 ? line : line.substring(0, colon);
            String value = colon < 0 ? "" : line.substring(colon + 1);
            value = value.startsWith(" ") ? value.substring(1) : value;
            switch (field) {
                case "event" -> name = value;
                case "data" -> data.add(value);
                case "id" -> id = value.indexOf('\0') < 0 ? Optional.of(value) : id;
                default -> {}
            }
        }
        return new Seen(name.isEmpty() ? "message" : name, !data.isEmpty(), String.join("\n", data), id);
    }
}
