// SPDX-License-Identifier: Apache-2.0
package dev.penstock.upstream;

import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.client.transport.internal.HttpChannelOverHTTP;
import org.eclipse.jetty.client.transport.internal.HttpConnectionOverHTTP;
import org.eclipse.jetty.client.transport.internal.HttpReceiverOverHTTP;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;

/**
 * Jetty's HTTP/1.1 connection, which also notes whether an answer was the last thing that came. Jetty drops bytes behind an
 * answer and keeps the connection; but they may be half of another answer, which the next request would then get.
 *
 * <p>Confined to the thread that owns the connection.
 */
final class SurplusAwareConnection extends HttpConnectionOverHTTP {
    private boolean surplus;
    private long answeredAt;

    /** Jetty's transport, making these connections. */
    static final class Transport extends HttpClientTransportOverHTTP {
        Transport() {
            super(1);
            // Per connection, and 45 KB from the second answer on.
            setHeaderCacheSize(0);
        }

        @Override
        public Connection newConnection(EndPoint endPoint, Map<String, Object> context) {
            return new SurplusAwareConnection(endPoint, context);
        }
    }

    private SurplusAwareConnection(EndPoint endPoint, Map<String, Object> context) {
        super(endPoint, context);
    }

    /** Whether nothing has come since the end of the last answer. */
    boolean isAtRest() {
        return !surplus && getBytesIn() == answeredAt;
    }

    @Override
    protected HttpChannelOverHTTP newHttpChannel() {
        return new HttpChannelOverHTTP(this) {
            @Override
            protected HttpReceiverOverHTTP newHttpReceiver() {
                return new Receiver(this);
            }
        };
    }

    private final class Receiver extends HttpReceiverOverHTTP {
        Receiver(HttpChannelOverHTTP channel) {
            super(channel);
        }

        @Override
        public boolean messageComplete() {
            ByteBuffer received = getResponseBuffer();
            surplus = received != null && received.hasRemaining();
            answeredAt = getBytesIn();
            return super.messageComplete();
        }
    }
}
