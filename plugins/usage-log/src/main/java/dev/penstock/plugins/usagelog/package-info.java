// SPDX-License-Identifier: Apache-2.0
/** An observer that writes one line per stream: who used what, how fast, and what it costs. */
@NullMarked
package dev.penstock.plugins.usagelog;

import org.jspecify.annotations.NullMarked;
