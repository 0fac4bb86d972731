// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static dev.penstock.dialect.JsonText.quoted;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Answers {@code GET /v1/models} and {@code GET /v1/models/{id}} from the names in the configuration, in the shape that
 * the client's family expects.
 *
 * <p>Immutable.
 */
public final class ModelList {
    /** The path of the list. */
    public static final String PATH = "/v1/models";

    private final List<String> names;
    private final Instant created;

    /** A list of these names, in this order, all said to be created at that instant. */
    public ModelList(List<String> names, Instant created) {
        this.names = List.copyOf(names);
        this.created = created.truncatedTo(ChronoUnit.SECONDS);
    }

    /** The model that a path below {@link #PATH} names, decoded. Names may contain slashes. */
    public static Optional<String> nameIn(String path) {
        String prefix = PATH + "/";
        if (!path.startsWith(prefix) || path.length() == prefix.length()) {
            return Optional.empty();
        }
        try {
            return Optional.of(URLDecoder.decode(path.substring(prefix.length()).replace("+", "%2B"), UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // a stray percent sign names no model
        }
    }

    /** The whole list. */
    public byte[] all(DialectFamily family) {
        String data = names.stream().map(name -> entry(family, name)).collect(Collectors.joining(","));
        String json = family == DialectFamily.ANTHROPIC
                ? "{\"data\":[" + data + "],\"has_more\":false,\"first_id\":" + edge(names.stream()) + ",\"last_id\":"
                        + edge(names.reversed().stream()) + "}"
                : "{\"object\":\"list\",\"data\":[" + data + "]}";
        return json.getBytes(UTF_8);
    }

    /** One entry, if there is such a model. */
    public Optional<byte[]> one(DialectFamily family, String name) {
        return names.contains(name) ? Optional.of(entry(family, name).getBytes(UTF_8)) : Optional.empty();
    }

    private String entry(DialectFamily family, String name) {
        return family == DialectFamily.ANTHROPIC
                ? "{\"type\":\"model\",\"id\":" + quoted(name) + ",\"display_name\":" + quoted(name)
                        + ",\"created_at\":" + quoted(created.toString()) + "}"
                : "{\"id\":" + quoted(name) + ",\"object\":\"model\",\"created\":" + created.getEpochSecond()
                        + ",\"owned_by\":\"penstock\"}";
    }

    private static String edge(Stream<String> names) {
        return names.findFirst().map(JsonText::quoted).orElse("null");
    }
}
