// SPDX-License-Identifier: Apache-2.0
/**
 * The guard's room: loads plugins, opens their objects for every stream, and is the only caller of their code. A plugin
 * may be slow, wrong or stuck; what leaves this room are answers, within a budget.
 *
 * <p>{@link dev.penstock.plugin.PluginDirectory} reads JARs, {@link dev.penstock.plugin.PluginSet} is one generation of
 * the chain, {@link dev.penstock.plugin.StreamHooks} is the chain on one stream.
 */
@NullMarked
package dev.penstock.plugin;

import org.jspecify.annotations.NullMarked;
