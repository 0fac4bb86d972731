// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Gives one answer at the settings' pace, with their fault. Confined to the connection's thread. */
final class Performance {

    private final MockClient client;
    private final MockResponse response;
    private final MockSettings settings;
    private final Prose prose;
    private final Script.Text text;

    Performance(MockClient client, MockResponse response, MockSettings settings) {
        this.client = client;
        this.response = response;
        this.settings = settings;
        this.prose = new Prose(settings.payload());
        this.text = new Script.Text(prose, settings.events());
    }

    /** Gives the answer; what happened, in a few words. */
    String play(Answer answer) throws IOException {
        return switch (answer) {
            case Answer.Document document -> whole(document.status(), document.json());
            case Answer.Computed computed -> {
                pause(settings.firstByteDelay());
                yield document(computed.json(), computed.errors());
            }
            case Answer.Generation generation
            when generation.stream() -> {
                pause(settings.firstByteDelay());
                yield stream(generation.script());
            }
            case Answer.Generation generation -> {
                Script script = generation.script();
                pause(settings.firstByteDelay().plus(settings.interval().multipliedBy(settings.events())));
                yield document(script.whole(text), script.errors());
            }
        };
    }

    private String document(String json, ErrorStyle errors) throws IOException {
        return switch (settings.fault()) {
            case NONE, NO_TERMINAL -> whole(200, json);
            case ERROR_EVENT -> whole(200, errors.body(500, faultMessage()));
            case TOO_MANY_REQUESTS -> whole(429, errors.body(429, faultMessage()));
            case SERVER_ERROR -> whole(500, errors.body(500, faultMessage()));
            case CUT, STALL, RESET -> {
                response.partial(200, json, json.getBytes(StandardCharsets.UTF_8).length / 2);
                yield breakOff();
            }
        };
    }

    private String stream(Script script) throws IOException {
        if (settings.fault() == Fault.TOO_MANY_REQUESTS || settings.fault() == Fault.SERVER_ERROR) {
            return document("", script.errors());
        }
        response.begin();
        for (String frame : script.opening()) {
            response.send(frame);
        }
        boolean breaksOff = settings.fault().breaksOff();
        sendText(script, breaksOff ? settings.breakPoint() : settings.events());
        return breaksOff ? breakOff(script) : finish(script);
    }

    private void sendText(Script script, int events) throws IOException {
        long start = System.nanoTime();
        for (int i = 0; i < events; i++) {
            client.pauseUntil(start + i * settings.interval().toNanos());
            response.send(script.delta(prose.piece(i)));
        }
    }

    private String finish(Script script) throws IOException {
        for (String frame : script.closing(text)) {
            response.send(frame);
        }
        if (settings.fault() != Fault.NO_TERMINAL) {
            response.send(script.terminal(text));
        }
        response.end();
        return settings.fault() == Fault.NONE ? "200 complete" : faultMessage();
    }

    private String breakOff(Script script) throws IOException {
        if (settings.fault() == Fault.ERROR_EVENT) {
            response.send(script.error(faultMessage()));
            response.end();
            return faultMessage();
        }
        return breakOff();
    }

    private String breakOff() throws IOException {
        switch (settings.fault()) {
            case STALL -> client.stall();
            case RESET -> client.reset();
            default -> client.close();
        }
        return faultMessage();
    }

    private String whole(int status, String json) throws IOException {
        response.whole(status, json);
        return status + " whole";
    }

    private void pause(Duration duration) throws IOException {
        client.pauseUntil(System.nanoTime() + duration.toNanos());
    }

    private String faultMessage() {
        return "mock fault: " + settings.fault();
    }
}
