// SPDX-License-Identifier: Apache-2.0
/**
 * What several of our plugins are made with: model patterns, the words in requests and answers of every dialect, searches that
 * end in time. No plugin of its own; the build copies what a plugin uses into its JAR.
 */
@NullMarked
package dev.penstock.plugins.parts;

import org.jspecify.annotations.NullMarked;
