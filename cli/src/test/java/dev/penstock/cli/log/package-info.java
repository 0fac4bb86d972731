// SPDX-License-Identifier: Apache-2.0
/** What the log promises: one valid line per thing said, and nobody waits for a reader. */
@NullMarked
package dev.penstock.cli.log;

import org.jspecify.annotations.NullMarked;
