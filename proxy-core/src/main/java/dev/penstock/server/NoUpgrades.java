// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * Jetty's HTTP/1.1 connections, deaf to {@code Upgrade}. A server may ignore the field (RFC 9110, 7.8), and this one never
 * upgrades; Jetty would answer 400 to one that {@code Connection} does not list, and clients send {@code h2c} on every request.
 *
 * <p>Thread-safe: without state.
 */
final class NoUpgrades extends HttpConnectionFactory {
    NoUpgrades(HttpConfiguration configuration) {
        super(configuration);
    }

    @Override
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        return configure(new DeafConnection(getHttpConfiguration(), connector, endPoint), connector, endPoint);
    }

    /** Confined to the connection's thread. */
    private static final class DeafConnection extends HttpConnection {
        DeafConnection(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
            super(configuration, connector, endPoint);
        }

        @Override
        protected HttpStreamOverHTTP1 newHttpStream(String method, String uri, HttpVersion version) {
            return new HttpStreamOverHTTP1(method, uri, version) {
                @Override
                public void parsedHeader(HttpField field) {
                    if (field.getHeader() != HttpHeader.UPGRADE) {
                        super.parsedHeader(field);
                    }
                }
            };
        }
    }
}
