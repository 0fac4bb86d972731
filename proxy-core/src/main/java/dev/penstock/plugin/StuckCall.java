// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

/**
 * Plugin code that did not return although its time was over and it was interrupted. Immutable.
 *
 * @param stack where it is, one frame per line
 */
public record StuckCall(String stream, String plugin, String phase, String stack) {}
