// SPDX-License-Identifier: Apache-2.0
/**
 * The relay: reads what the upstream sends, finds the events in it, and writes them to the client as they arrive, with
 * nothing held back but the one event that is not whole yet. The room knows neither sockets nor Jetty: what it reads
 * from, writes to and lets take part in between are ports that others implement.
 */
@NullMarked
package dev.penstock.relay;

import org.jspecify.annotations.NullMarked;
