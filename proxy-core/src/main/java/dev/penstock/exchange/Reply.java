// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.dialect.ErrorReply;
import dev.penstock.dialect.StreamError;
import dev.penstock.dialect.StreamInspector;
import dev.penstock.spi.RequestDecision;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Our own words to a client: refusals, failures, and the end of an answer.
 *
 * <p>Confined to the stream thread.
 */
final class Reply {
    private final ClientRequest request;
    private final Downstream downstream;

    Reply(ClientRequest request, Downstream downstream) {
        this.request = request;
        this.downstream = downstream;
    }

    /** Answers with the refusal, in the error body of the client's dialect. */
    void refuse(Refusal refusal) {
        broken(refusal, Optional.empty());
    }

    /** A plugin's own answer. */
    void answer(RequestDecision.Answer answer) {
        List<Header> headers = new ArrayList<>();
        answer.headers().forEach((name, value) -> headers.add(new Header(name, value)));
        headers.add(new Header("x-request-id", request.requestId()));
        ByteBuffer body = answer.body();
        byte[] bytes = new byte[body.remaining()];
        body.get(bytes);
        if (downstream.head(answer.status(), headers, bytes.length)) {
            downstream.write(ByteBuffer.wrap(bytes));
            downstream.end();
        } else {
            downstream.abort();
        }
    }

    /** Ends an admitted exchange. The inspector is the stream's, if it came to one: it knows how to speak to the client. */
    void end(Ending ending, Optional<StreamInspector> inspector) {
        switch (ending) {
            case Ending.Whole ignored -> downstream.end();
            case Ending.Told ignored -> downstream.abort();
            case Ending.Gone ignored -> downstream.abort();
            case Ending.Broken(Outcome ignored, Refusal refusal) -> broken(refusal, inspector);
        }
    }

    private void broken(Refusal refusal, Optional<StreamInspector> inspector) {
        if (!answer(refusal)) {
            errorEvent(refusal, inspector.orElseGet(() -> request.dialect().newInspector()));
        }
    }

    private void errorEvent(Refusal refusal, StreamInspector inspector) {
        try {
            StreamError error = new StreamError(refusal.code(), refusal.message(), request.requestId());
            downstream.write(ByteBuffer.wrap(inspector.errorEvent(error)));
        } finally {
            downstream.abort();
        }
    }

    private boolean answer(Refusal refusal) {
        byte[] body = request.dialect()
                .errorBody(new ErrorReply(
                        refusal.status(), refusal.code(), refusal.message(), request.requestId(), refusal.param()));
        return json(refusal.status(), headers(refusal), body);
    }

    /** Answers with a JSON body; false, with no effect, when another head is on the wire already. */
    boolean json(int status, List<Header> headers, byte[] body) {
        List<Header> all = new ArrayList<>(headers);
        all.add(new Header("Content-Type", "application/json"));
        all.add(new Header("x-request-id", request.requestId()));
        if (!downstream.head(status, all, body.length)) {
            return false;
        }
        downstream.write(ByteBuffer.wrap(body));
        downstream.end();
        return true;
    }

    private static List<Header> headers(Refusal refusal) {
        List<Header> headers = new ArrayList<>(refusal.headers());
        if (refusal.close()) {
            headers.add(new Header("Connection", "close"));
        }
        refusal.retryAfter().ifPresent(after -> {
            headers.add(new Header("Retry-After", Long.toString(roundUp(after))));
            headers.add(new Header("retry-after-ms", Long.toString(Math.max(1, after.toMillis()))));
        });
        return headers;
    }

    private static long roundUp(Duration after) {
        return Math.max(1, after.plusMillis(999).toSeconds());
    }
}
