// SPDX-License-Identifier: Apache-2.0

/**
 * A model server that is not one: OpenAI- and Anthropic-shaped endpoints that answer from a fixed text, at a chosen pace, with
 * chosen faults. It speaks HTTP/1.1 over blocking sockets with nothing between a fault and the wire, because a library would
 * tidy up exactly the endings that a proxy must be tried against.
 */
@NullMarked
package dev.penstock.cli.mock;

import org.jspecify.annotations.NullMarked;
