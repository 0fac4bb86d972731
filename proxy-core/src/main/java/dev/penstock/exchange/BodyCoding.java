// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.relay.ChunkSource;
import dev.penstock.relay.GzipSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a model server has encoded a body, although we ask for none of it. Immutable.
 */
enum BodyCoding {
    /** As it is. */
    IDENTITY,
    GZIP,
    DEFLATE,
    /** One that we cannot decode, or several on top of each other. */
    FOREIGN;

    /** The coding that a {@code Content-Encoding} names. */
    static BodyCoding of(Optional<String> contentEncoding) {
        return switch (contentEncoding
                .map(value -> value.strip().toLowerCase(Locale.ROOT))
                .orElse("")) {
            case "", "identity" -> IDENTITY;
            case "gzip", "x-gzip" -> GZIP;
            case "deflate" -> DEFLATE;
            default -> FOREIGN;
        };
    }

    /** Whether a client with these {@code Accept-Encoding} lines takes a body with this {@code Content-Encoding}. */
    static boolean isAccepted(String contentEncoding, List<String> acceptEncoding) {
        List<String> accepted = acceptEncoding.stream()
                .flatMap(line -> List.of(line.split(",", -1)).stream())
                .map(item -> item.strip().toLowerCase(Locale.ROOT))
                .toList();
        return List.of(contentEncoding.split(",", -1)).stream()
                .map(coding -> coding.strip().toLowerCase(Locale.ROOT))
                .allMatch(coding -> isAccepted(accepted, coding));
    }

    private static boolean isAccepted(List<String> accepted, String coding) {
        Optional<String> named =
                accepted.stream().filter(item -> name(item).equals(coding)).findFirst();
        return named.or(() ->
                        accepted.stream().filter(item -> name(item).equals("*")).findFirst())
                .filter(item -> !isRefused(item))
                .isPresent();
    }

    private static String name(String item) {
        int semicolon = item.indexOf(';');
        return semicolon < 0 ? item : item.substring(0, semicolon).strip();
    }

    /** A weight of zero, in any of its spellings. */
    private static boolean isRefused(String item) {
        return item.replace(" ", "").matches(".*;q=0(\\.0{0,3})?");
    }

    /** Runs the relay over the decoded body, and frees the decoder after. Not for {@link #FOREIGN}. */
    <T> T decoded(ChunkSource body, Function<ChunkSource, T> relay) {
        if (this == IDENTITY) {
            return relay.apply(body);
        }
        try (GzipSource source = this == DEFLATE ? GzipSource.deflate(body) : GzipSource.gzip(body)) {
            return relay.apply(source);
        }
    }
}
