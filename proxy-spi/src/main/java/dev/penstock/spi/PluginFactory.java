// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.util.Set;

/**
 * Where a plugin begins: core finds factories with {@link java.util.ServiceLoader} in the JARs of the plugin directory.
 *
 * <p>A JAR names its factories in {@code META-INF/services/dev.penstock.spi.PluginFactory}. The factory needs a public
 * constructor without parameters that does nothing.
 *
 * <pre>{@code
 * public final class ModelAliasFactory implements PluginFactory<ModelAliasConfig> {
 *     public String id() { return "model-alias"; }
 *     public Class<ModelAliasConfig> configType() { return ModelAliasConfig.class; }
 *     public Set<Hook> hooks() { return Set.of(Hook.REQUEST); }
 *     public Plugin create(ModelAliasConfig config, PluginContext context) { return new ModelAliasPlugin(config); }
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> All methods are called on the thread that starts or reloads the proxy, one at a time.
 *
 * @param <C> the record that the plugin's {@code config:} section is bound to
 */
public interface PluginFactory<C extends Record> {

    /**
     * The name that a chain entry refers to: {@code [a-z][a-z0-9-]*}, at most 40 characters, unique in the process, and
     * equal to the manifest's {@code Penstock-Plugin-Id}.
     */
    String id();

    /**
     * The record that the {@code config:} section of a chain entry is bound to. Components are snake_case keys in YAML;
     * unknown keys are refused. An absent key gives {@code null} to the compact constructor, which sets the default and
     * throws {@link IllegalArgumentException} (naming the key) for a value that it cannot accept.
     *
     * <p>Component types: {@code String}, boxed numbers and booleans ({@code Long} also takes sizes such as
     * {@code 64KiB}), enums, {@code Duration}, {@code Path}, {@code URI}, {@link Secret}, {@code Optional}, lists, maps with
     * string keys, and nested records. Core reads the names of components, so compile as usual; no annotations are needed.
     */
    Class<C> configType();

    /** What this plugin wants to be called for. Core calls nothing else. Asked once, after loading. */
    Set<Hook> hooks();

    /**
     * Those of {@link #hooks()} that burn CPU for longer than about a millisecond: they run on a small pool of platform
     * threads, where they cannot keep other streams from a carrier, and core can answer the client at the end of the
     * budget even if the hook never returns. The price is a hand-over of about 20 microseconds per call.
     *
     * <p>{@link Hook#OBSERVE} here moves {@link StreamObserver#onLast} only; the lane keeps its own virtual thread.
     */
    default Set<Hook> heavyHooks() {
        return Set.of();
    }

    /**
     * Makes the plugin for one entry of the chain. Called once per entry and per configuration generation. Slow work is
     * allowed: reading files, connecting, compiling patterns; 30 s at most.
     *
     * @param config the bound and validated section
     * @param context what core lends to the plugin until {@link Plugin#close()}
     * @throws Exception anything; the proxy does not start (or the reload is refused), and the message is printed
     */
    Plugin create(C config, PluginContext context) throws Exception;
}
