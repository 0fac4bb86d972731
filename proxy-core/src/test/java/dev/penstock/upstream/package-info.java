// SPDX-License-Identifier: Apache-2.0

/** Calls to scripted model servers that answer well, badly, or not at all. */
@NullMarked
package dev.penstock.upstream;

import org.jspecify.annotations.NullMarked;
