// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import dev.penstock.plugins.contentguard.HeldEvents.Held;
import dev.penstock.plugins.contentguard.HeldEvents.Mark;
import dev.penstock.plugins.parts.AnswerReader;
import dev.penstock.plugins.parts.Said;
import dev.penstock.plugins.parts.SearchTimeoutException;
import dev.penstock.spi.EventDecision;
import dev.penstock.spi.HoldBack;
import dev.penstock.spi.ResponseDecision;
import dev.penstock.spi.ResponseHead;
import dev.penstock.spi.StreamEvent;
import dev.penstock.spi.StreamFilter;
import dev.penstock.spi.StreamInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads one answer ahead of the client. An event waits while its text may be the beginning of something that must not be said, and
 * until the service, if there is one, was asked about it. When the window closes before there is certainty, what waits is let go,
 * but not forgotten: a phrase whose beginning has gone out still ends the answer when it is completed.
 *
 * <p>Confined to the stream thread.
 */
final class ContentGuardFilter implements StreamFilter {
    private static final Pattern INVISIBLE = Pattern.compile("\\p{Cf}");
    private static final String BY_SERVICE = "service";
    private static final String UNCHECKED = "unchecked";

    private final Guard guard;
    private final AnswerReader reader;
    private final Farewell farewell;
    private final Optional<ServiceCheck> service;
    private final Map<String, PhraseWatch> channels = new HashMap<>();
    private final HeldEvents held = new HeldEvents();
    private Optional<StreamEvent> lastWords = Optional.empty();
    private boolean streaming = true;

    ContentGuardFilter(Guard guard, StreamInfo stream) {
        this.guard = guard;
        this.reader = AnswerReader.of(stream.dialect());
        this.farewell = new Farewell(stream.dialect(), guard.config().farewell());
        this.service = guard.service().map(ServiceCheck::new);
    }

    @Override
    public HoldBack holdBack() {
        return guard.config().window();
    }

    @Override
    public ResponseDecision onResponseHead(ResponseHead head) {
        streaming = head.streaming();
        boolean encoded = head.header("content-encoding")
                .filter(coding -> !coding.equalsIgnoreCase("identity"))
                .isPresent();
        if (encoded && !guard.passesUnchecked()) {
            guard.stopped().add(1, UNCHECKED);
            return ResponseDecision.reject(502, "content_unchecked", "The answer is compressed and cannot be checked.");
        }
        return ResponseDecision.proceed();
    }

    @Override
    public EventDecision onEvent(StreamEvent event) throws InterruptedException {
        byte[] data = new byte[event.size()];
        event.bytes().get(data);
        Optional<String> stop = take(event, reader.read(data));
        if (!streaming) {
            return body(event, stop.or(this::atEnd));
        }
        if (stop.isEmpty() && service.isPresent() && service.get().isDue()) {
            stop = ask();
        }
        return stop.map(this::stop).orElseGet(this::release);
    }

    @Override
    public EventDecision onHoldLimit() throws InterruptedException {
        return ask().map(this::stop).orElseGet(this::forward);
    }

    @Override
    public EventDecision beforeLast() throws InterruptedException {
        Optional<String> stop = atEnd();
        if (stop.isEmpty()) {
            stop = ask();
        }
        return stop.map(this::stop).orElseGet(this::forward);
    }

    /** Looks at what an event says; who objects. */
    private Optional<String> take(StreamEvent event, List<Said> words) {
        List<Mark> marks = new ArrayList<>();
        long asked = 0;
        Optional<String> stop = Optional.empty();
        for (Said said : words) {
            String text = INVISIBLE.matcher(said.text()).replaceAll("");
            PhraseWatch watch = said.whole() ? guard.newWatch() : channel(said.channel());
            stop = stop.or(() -> look(watch, text, said.whole()));
            if (!said.whole()) {
                marks.add(new Mark(watch, watch.length()));
                asked = service.map(check -> check.add(said.channel(), text)).orElse(0L);
            }
        }
        if (!words.isEmpty()) {
            lastWords = Optional.of(event);
        }
        held.add(new Held(event, !words.isEmpty(), marks, asked));
        return stop;
    }

    private PhraseWatch channel(String name) {
        return channels.computeIfAbsent(name, added -> guard.newWatch());
    }

    private Optional<String> look(PhraseWatch watch, String text, boolean whole) {
        try {
            Optional<String> hit = watch.add(text);
            return hit.isEmpty() && whole ? watch.atEnd() : hit;
        } catch (SearchTimeoutException e) {
            watch.letGo();
            return unchecked();
        }
    }

    /** Nothing more will be said: who objects now. */
    private Optional<String> atEnd() {
        for (PhraseWatch watch : channels.values()) {
            try {
                Optional<String> hit = watch.atEnd();
                if (hit.isPresent()) {
                    return hit;
                }
            } catch (SearchTimeoutException e) {
                watch.letGo();
                if (!guard.passesUnchecked()) {
                    return unchecked();
                }
            }
        }
        return Optional.empty();
    }

    /** Asks the service, if there is one, about what it has not been asked yet. */
    private Optional<String> ask() throws InterruptedException {
        if (service.isEmpty()) {
            return Optional.empty();
        }
        try {
            return service.get().objects() ? Optional.of(BY_SERVICE) : Optional.empty();
        } catch (NoVerdictException e) {
            service.get().letGo();
            return unchecked();
        }
    }

    private Optional<String> unchecked() {
        return guard.passesUnchecked() ? Optional.empty() : Optional.of(UNCHECKED);
    }

    private EventDecision release() {
        held.release(service.map(ServiceCheck::asked).orElse(0L));
        return held.isEmpty() ? EventDecision.forward() : EventDecision.releaseThrough(held.released());
    }

    private EventDecision forward() {
        held.releaseAll();
        return EventDecision.forward();
    }

    /** The frame of the answer goes out, its words do not. */
    private EventDecision stop(String by) {
        guard.stopped().add(1, by);
        List<StreamEvent> last = new ArrayList<>(held.withoutWords(true));
        lastWords.ifPresent(event -> last.addAll(farewell.insteadOf(event)));
        if (!farewell.endsItself()) {
            last.addAll(held.withoutWords(false));
        }
        return EventDecision.end(reason(by), last.toArray(StreamEvent[]::new));
    }

    /** An answer in one piece is judged at once. */
    private EventDecision body(StreamEvent body, Optional<String> objection) throws InterruptedException {
        Optional<String> stop = objection.isPresent() ? objection : ask();
        if (stop.isEmpty()) {
            return forward();
        }
        guard.stopped().add(1, stop.get());
        return EventDecision.end(reason(stop.get()), farewell.insteadOfBody(body));
    }

    private String reason(String by) {
        return by.equals(UNCHECKED) ? "unchecked_content" : guard.config().reason();
    }
}
