// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.config.ByteSize;
import dev.penstock.config.StreamConfig;
import dev.penstock.relay.ClientGoneException;
import dev.penstock.routing.Route;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * How long a request's body may take and how large it may be. Which route it is for may depend on the model that it names, so
 * it is read within the widest bounds of all routes that could be meant, and then judged by those of its own. Empty is unbounded.
 * Immutable.
 */
record BodyBounds(Optional<Duration> clock, Optional<Long> size) {
    private static final long LARGEST_ARRAY = Integer.MAX_VALUE - 8L;

    /** The widest of these routes, of which there is at least one. */
    static BodyBounds widest(List<Route> routes) {
        return routes.stream()
                .map(route -> of(route.stream()))
                .reduce(BodyBounds::or)
                .orElseThrow();
    }

    static BodyBounds of(StreamConfig stream) {
        return new BodyBounds(
                stream.timeouts().requestBody(), stream.limits().requestBody().map(ByteSize::bytes));
    }

    private BodyBounds or(BodyBounds other) {
        return new BodyBounds(
                wider(clock, other.clock, (a, b) -> a.compareTo(b) > 0 ? a : b), wider(size, other.size, Math::max));
    }

    private static <T> Optional<T> wider(Optional<T> one, Optional<T> other, BinaryOperator<T> larger) {
        return one.flatMap(a -> other.map(b -> larger.apply(a, b)));
    }

    /** The body, read whole within these bounds; refuses it otherwise. */
    BodySource.Body.Whole read(BodySource source) {
        long limit = size.orElse(LARGEST_ARRAY);
        return switch (source.read(limit, clock)) {
            case BodySource.Body.Whole whole -> whole;
            case BodySource.Body.TooLarge ignored ->
                throw new RefusedException(tooLarge(limit).closing());
            case BodySource.Body.TooSlow ignored ->
                throw new RefusedException(tooSlow().closing());
            case BodySource.Body.Malformed ignored ->
                throw new RefusedException(
                        Refusal.of(400, RefusalReason.BAD_REQUEST, "The request's body is not framed as HTTP asks.")
                                .closing());
            case BodySource.Body.Abandoned ignored ->
                throw new ClientGoneException(new IllegalStateException("left during the upload"));
        };
    }

    /** Refuses a body that has come whole, but only within the bounds of others. */
    void check(int length, Duration took) {
        if (size.filter(limit -> length > limit).isPresent()) {
            throw new RefusedException(tooLarge(size.get()));
        }
        if (clock.filter(limit -> took.compareTo(limit) > 0).isPresent()) {
            throw new RefusedException(tooSlow());
        }
    }

    private static Refusal tooLarge(long limit) {
        return Refusal.of(413, RefusalReason.TOO_LARGE, "The request's body is larger than " + limit + " bytes.");
    }

    private static Refusal tooSlow() {
        return Refusal.of(408, RefusalReason.BAD_REQUEST, "The request's body did not arrive in time.")
                .withCode("request_timeout");
    }
}
