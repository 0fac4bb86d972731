// SPDX-License-Identifier: Apache-2.0

/** The transport on real sockets: every promise of a blocking endpoint, kept under a raw peer that misbehaves. */
@NullMarked
package dev.penstock.transport;

import org.jspecify.annotations.NullMarked;
