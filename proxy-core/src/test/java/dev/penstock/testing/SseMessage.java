// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

/** An event as a parser of server-sent events hands it over; name and id are empty where absent. Immutable. */
public record SseMessage(String name, String data, String id) {
    public static SseMessage data(String data) {
        return new SseMessage("", data, "");
    }
}
