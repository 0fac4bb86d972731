// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

/**
 * One live stream as operators see it. Immutable; times in seconds, negative where there is none yet.
 *
 * @param blockedOn who the stream waits for: upstream, client, queue, or nobody
 */
public record StreamView(
        String id,
        String consumer,
        String route,
        String cluster,
        String instance,
        String modelAsked,
        String modelServed,
        String phase,
        String blockedOn,
        double ageSeconds,
        double firstTokenSeconds,
        double lastEventSecondsAgo,
        long events,
        long bytes,
        int attempts) {

    static StreamView of(StreamExchange exchange, long now) {
        StreamFacts facts = exchange.facts();
        var progress = facts.progress;
        return new StreamView(
                exchange.id(),
                facts.consumer,
                facts.route,
                facts.cluster,
                facts.instance,
                facts.modelAsked,
                facts.modelSent,
                facts.phase.word(),
                blockedOn(exchange),
                seconds(exchange.request().arrivedNanos(), now),
                progress.firstTokenAt() == 0 ? -1 : seconds(facts.admittedAt, progress.firstTokenAt()),
                progress.lastReadAt() == 0 ? -1 : seconds(progress.lastReadAt(), now),
                progress.events(),
                exchange.downstream().bytesWritten(),
                facts.attempts);
    }

    private static String blockedOn(StreamExchange exchange) {
        if (exchange.downstream().writingSince() != 0) {
            return "client";
        }
        return switch (exchange.facts().phase) {
            case ACCEPT -> "client";
            case ADMIT -> "queue";
            case CONNECT -> "upstream";
            case RELAY -> exchange.facts().progress.readingSince() != 0 ? "upstream" : "nobody";
            case ROUTE, GUARD, PICK, FINISH -> "nobody";
        };
    }

    private static double seconds(long from, long to) {
        return (to - from) / 1e9;
    }
}
