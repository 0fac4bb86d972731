// SPDX-License-Identifier: Apache-2.0
/**
 * What the process says: one access line per request on standard output, the application's log on standard error. Lines
 * are made by the thread that has something to say and written by a thread of their own, so a reader that stalls costs
 * lines, which are counted, and never a stream.
 */
@NullMarked
package dev.penstock.cli.log;

import org.jspecify.annotations.NullMarked;
