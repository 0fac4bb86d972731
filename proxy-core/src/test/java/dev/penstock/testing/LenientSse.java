// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/**
 * What forgiving clients do: blocks are split at blank lines, the rest after the last one counts as a block too, and a block with any
 * field is an event. Immutable.
 */
public final class LenientSse implements SseDecoding {
    @Override
    public List<SseMessage> decode(byte[] body) {
        String text = new String(body, UTF_8).replace("\r\n", "\n").replace('\r', '\n');
        var events = new ArrayList<SseMessage>();
        for (String block : text.split("\n\n+", -1)) {
            parse(block, events);
        }
        return events;
    }

    private static void parse(String block, List<SseMessage> events) {
        var data = new ArrayList<String>();
        String name = "";
        String id = "";
        boolean any = false;
        for (String line : block.split("\n", -1)) {
            if (line.startsWith("data:")) {
                data.add(line.substring(5).stripLeading());
            } else if (line.startsWith("event:")) {
                name = line.substring(6).strip();
            } else if (line.startsWith("id:")) {
                id = line.substring(3).strip();
            }
            any |= !line.isEmpty() && !line.startsWith(":");
        }
        if (any) {
            events.add(new SseMessage(name, String.join("\n", data), id));
        }
    }
}
