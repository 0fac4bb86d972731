// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import java.util.List;

/**
 * How one API's answer looks on the wire. Frames are whole SSE events with their blank line. One script belongs to one answer and
 * counts what it has given out. Confined to the connection's thread.
 */
interface Script {

    /** Frames before the first piece of text. */
    List<String> opening();

    /** The frame of one piece of text. */
    String delta(String piece);

    /** Frames after the last piece, but the terminal one. */
    List<String> closing(Text text);

    /** The frame that says the answer is complete. */
    String terminal(Text text);

    /** The frame of an error inside the stream. */
    String error(String message);

    /** The same answer as one document. */
    String whole(Text text);

    ErrorStyle errors();

    /** The finished text and the tokens it is counted as: one for each event. */
    record Text(Prose prose, int tokens) {

        String value() {
            return prose.whole(tokens);
        }
    }

    static String frame(String data) {
        return "data: " + data + "\n\n";
    }

    static String frame(String event, String data) {
        return "event: " + event + "\ndata: " + data + "\n\n";
    }
}
