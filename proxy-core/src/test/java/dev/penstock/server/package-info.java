// SPDX-License-Identifier: Apache-2.0
/** What the listeners promise, over real sockets. */
@NullMarked
package dev.penstock.server;

import org.jspecify.annotations.NullMarked;
