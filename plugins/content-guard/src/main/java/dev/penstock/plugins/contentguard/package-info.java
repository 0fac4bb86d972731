// SPDX-License-Identifier: Apache-2.0
/** A filter that reads an answer before the client does, and ends it where it must not go on. */
@NullMarked
package dev.penstock.plugins.contentguard;

import org.jspecify.annotations.NullMarked;
