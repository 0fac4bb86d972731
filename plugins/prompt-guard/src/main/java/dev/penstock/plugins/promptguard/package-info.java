// SPDX-License-Identifier: Apache-2.0
/** A filter that reads what is said to a model, and refuses what must not be said to it. */
@NullMarked
package dev.penstock.plugins.promptguard;

import org.jspecify.annotations.NullMarked;
