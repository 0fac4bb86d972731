// SPDX-License-Identifier: Apache-2.0
package dev.penstock.admission;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.Predicate;

/**
 * Who waits, and whose turn it is: consumers take turns, each with its oldest admissible ticket. A ticket that is not
 * admissible now (its route is full) holds up neither its consumer's other tickets nor anybody else. Guarded by the
 * {@link AdmissionQueue} that owns it: turns.
 */
final class WaitingLine {
    /** In order of turns; a consumer is present only while it has a ticket here. */
    private final LinkedHashMap<String, SequencedSet<AdmissionTicket>> turns = new LinkedHashMap<>();

    void add(AdmissionTicket ticket) {
        turns.computeIfAbsent(ticket.consumer(), key -> new LinkedHashSet<>()).add(ticket);
    }

    void remove(AdmissionTicket ticket) {
        turns.computeIfPresent(ticket.consumer(), (key, tickets) -> {
            tickets.remove(ticket);
            return tickets.isEmpty() ? null : tickets;
        });
    }

    int size() {
        return turns.values().stream().mapToInt(SequencedSet::size).sum();
    }

    /** Takes out the first ticket, in order of turns, that the given test accepts; its consumer's next turn comes last. */
    Optional<AdmissionTicket> takeFirst(Predicate<AdmissionTicket> admits) {
        for (SequencedSet<AdmissionTicket> tickets : turns.values()) {
            for (AdmissionTicket ticket : tickets) {
                if (admits.test(ticket)) {
                    endTurn(ticket, tickets);
                    return Optional.of(ticket);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Who has to go when the line is one too long: the newcomer, unless another consumer occupies more places than the
     * newcomer's would with it; then that consumer's youngest ticket, so that nobody can fill the line against others.
     */
    AdmissionTicket surplus(AdmissionTicket newcomer) {
        int own = Optional.ofNullable(turns.get(newcomer.consumer()))
                .map(SequencedSet::size)
                .orElse(0);
        return turns.values().stream()
                .filter(tickets -> tickets.size() > own)
                .max((one, other) -> Integer.compare(one.size(), other.size()))
                .map(SequencedSet::getLast)
                .orElse(newcomer);
    }

    /** Empties the line. */
    Iterable<AdmissionTicket> takeAll() {
        Iterable<AdmissionTicket> all =
                turns.values().stream().flatMap(SequencedSet::stream).toList();
        turns.clear();
        return all;
    }

    private void endTurn(AdmissionTicket ticket, SequencedSet<AdmissionTicket> tickets) {
        tickets.remove(ticket);
        turns.remove(ticket.consumer());
        if (!tickets.isEmpty()) {
            turns.putLast(ticket.consumer(), tickets);
        }
    }
}
