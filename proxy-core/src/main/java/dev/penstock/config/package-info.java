// SPDX-License-Identifier: Apache-2.0
/**
 * Configuration: one immutable record per section, a YAML reader that keeps positions, a strict binder, and the schema, reference and
 * effective view made from the same records. Imports nothing else of ours; every other room may read it.
 */
@NullMarked
package dev.penstock.config;

import org.jspecify.annotations.NullMarked;
