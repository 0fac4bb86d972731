// SPDX-License-Identifier: Apache-2.0
/**
 * For authors of plugins: {@link dev.penstock.testkit.PluginHarness} runs a plugin on the proxy's own chain, budgets and
 * lanes, without a socket; {@link dev.penstock.testkit.PluginContractTest} and {@link dev.penstock.testkit.PluginJarTest} are
 * test classes to extend.
 */
@NullMarked
package dev.penstock.testkit;

import org.jspecify.annotations.NullMarked;
