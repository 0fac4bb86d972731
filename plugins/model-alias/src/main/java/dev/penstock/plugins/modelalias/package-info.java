// SPDX-License-Identifier: Apache-2.0
/** A filter that gives models other names, and refuses those that are not to be used. */
@NullMarked
package dev.penstock.plugins.modelalias;

import org.jspecify.annotations.NullMarked;
