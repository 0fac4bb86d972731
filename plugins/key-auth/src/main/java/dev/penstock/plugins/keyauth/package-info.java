// SPDX-License-Identifier: Apache-2.0
/** A filter that knows callers by their keys: says who is calling, and refuses whom it does not know. */
@NullMarked
package dev.penstock.plugins.keyauth;

import org.jspecify.annotations.NullMarked;
