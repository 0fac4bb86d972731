// SPDX-License-Identifier: Apache-2.0
/** Where requests come in: the clients' listener, the only writer to a client, and the operators' listener. */
@NullMarked
package dev.penstock.server;

import org.jspecify.annotations.NullMarked;
