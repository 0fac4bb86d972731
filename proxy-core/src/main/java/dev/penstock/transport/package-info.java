// SPDX-License-Identifier: Apache-2.0

/**
 * Blocking sockets under Jetty, on both sides. Jetty keeps its HTTP/1.1 parser, generator and connections; the thread that
 * wants input does the blocking read itself, so that nothing is handed over between threads and a peer that leaves is known
 * at once.
 */
@NullMarked
package dev.penstock.transport;

import org.jspecify.annotations.NullMarked;
