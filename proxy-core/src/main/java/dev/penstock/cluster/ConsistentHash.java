// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cluster;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The same key to the same instance, by weighted rendezvous hashing: each instance draws a score from the key and its own name,
 * and the highest wins. A score depends on nothing but key, name and configured weight, so a key moves only when its own
 * instance is gone, and comes back when it is there again; shares follow the weights exactly, and there is no ring to build or
 * to bound. A request without a key takes turns.
 *
 * <p>While an instance recovers, its keys come back one after the other: those whose own draw lies under the ramp.
 * Thread-safe: it has no state but the turns, which guard themselves.
 */
final class ConsistentHash implements Balancer {
    private static final long RETURNING = 0x9E3779B97F4A7C15L;

    private final SmoothRoundRobin turns = new SmoothRoundRobin();

    @Override
    public Candidate choose(List<Candidate> candidates, PickRequest request) {
        if (request.hashKey().isEmpty()) {
            return turns.choose(candidates, request);
        }
        long key = hash(request.hashKey().get());
        List<Candidate> back = candidates.stream()
                .filter(candidate -> candidate.ramp() >= 1 || unit(mix(key ^ RETURNING)) < candidate.ramp())
                .toList();
        return highest(back.isEmpty() ? candidates : back, key);
    }

    private static Candidate highest(List<Candidate> candidates, long key) {
        Candidate best = candidates.getFirst();
        double highest = Double.NEGATIVE_INFINITY;
        for (Candidate candidate : candidates) {
            double score = score(candidate.member(), key);
            if (score > highest) {
                highest = score;
                best = candidate;
            }
        }
        return best;
    }

    /** Exponentially distributed draws: the chance of being the highest is the share of the weights. */
    private static double score(Member member, long key) {
        double draw = unit(mix(key + mix(hash(member.id().name()))));
        return member.weight() / -Math.log(draw);
    }

    /** FNV-1a, finished by a mixer: short names that differ in one letter must not draw alike. */
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (octet & 0xff)) * 0x100000001b3L;
        }
        return mix(hash);
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }

    /** Above zero, below one. */
    private static double unit(long value) {
        return ((value >>> 11) + 0.5) * 0x1.0p-53;
    }
}
