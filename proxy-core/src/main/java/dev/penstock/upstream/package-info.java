// SPDX-License-Identifier: Apache-2.0

/** Connect: sends a request to one model server and reads its answer, blocking, on the thread of the stream. */
@NullMarked
package dev.penstock.upstream;

import org.jspecify.annotations.NullMarked;
