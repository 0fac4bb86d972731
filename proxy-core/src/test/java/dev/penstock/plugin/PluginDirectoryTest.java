// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.penstock.spi.Hook;
import dev.penstock.spi.PluginFactory;
import dev.penstock.spi.SpiVersion;
import dev.penstock.testing.PluginJar;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PluginDirectoryTest {
    private static final SpiVersion HOST = SpiVersion.CURRENT;

    @TempDir
    Path folder;

    @Test
    void findsAPluginInAJar() throws IOException {
        PluginJar.good("hello").write(jar("hello.jar"));
        PluginDirectory found = load();
        assertThat(found.refused()).isEmpty();
        assertThat(found.loaded()).singleElement().satisfies(plugin -> {
            assertThat(plugin.id()).isEqualTo("hello");
            assertThat(plugin.version()).isEqualTo("1.2.3");
            assertThat(plugin.file()).isEqualTo("hello.jar");
            assertThat(plugin.hooks()).containsExactly(Hook.REQUEST);
            assertThat(plugin.factory().getClass().getClassLoader()).hasToString("plugin:hello.jar");
            assertThat(plugin.listing().configKeys()).containsExactly("greeting");
        });
    }

    @Test
    void findsAPluginWithItsLibrariesInAFolder() throws IOException {
        new PluginJar()
                .source(
                        "lib.Words",
                        "package lib; public class Words { public static String id() { return \"big\"; } }")
                .write(jar("big/words.jar"));
        PluginJar.of("big")
                .service("test.Factory")
                .source("lib.Words", "package lib; public class Words { public static String id() { return \"\"; } }")
                .source("test.Factory", PluginJar.factory("big", "record Config() {}", "String word = lib.Words.id();"))
                .leaveOut("lib/Words.class")
                .write(jar("big/big.jar"));
        PluginDirectory found = load();
        assertThat(found.refused()).isEmpty();
        assertThat(found.loaded()).extracting(LoadedPlugin::id).containsExactly("big");
        assertThat(found.loaded().getFirst().file()).isEqualTo("big");
    }

    @Test
    void namesEveryBadFileWithItsReasonAndLoadsTheGoodOne() throws IOException {
        PluginJar.good("good").write(jar("good.jar"));
        Files.write(jar("a-empty.jar"), new byte[0]);
        byte[] whole = PluginJar.good("cut").bytes();
        Files.write(jar("b-truncated.jar"), Arrays.copyOf(whole, whole.length / 2));
        Files.writeString(jar("c-text.jar"), "I am a text file.");
        Files.createSymbolicLink(jar("d-unreadable.jar"), folder.resolve("nowhere"));
        PluginJar.of("e")
                .source("test.Nothing", "package test; class Nothing {}")
                .write(jar("e-no-services.jar"));
        PluginJar.of("f").service("test.Missing").write(jar("f-missing.jar"));
        PluginJar.good("g").forJava(99).write(jar("g-newer-java.jar"));
        PluginJar.good("h").attribute("Penstock-Spi-Version", "1.99").write(jar("h-newer-spi.jar"));
        PluginJar.good("twin").write(jar("i-twin.jar"));
        PluginJar.good("twin").write(jar("j-twin.jar"));
        PluginJar.withFactory(
                        "k",
                        PluginJar.factory(
                                "k",
                                "record Config() {}",
                                "public Factory() { throw new IllegalStateException(\"no constructor today\"); }"))
                .write(jar("k-throws.jar"));
        PluginJar.good("l")
                .entry("dev/penstock/spi/Plugin.class", new byte[] {1})
                .write(jar("l-bundles-spi.jar"));
        PluginJar.good("m").without("Penstock-Plugin-Id").write(jar("m-no-id.jar"));
        PluginJar.withFactory("n", PluginJar.factory("other", "record Config() {}", ""))
                .write(jar("n-other-id.jar"));
        PluginJar.good("o").leaveOut("test/Factory$Config.class").write(jar("o-lacks-class.jar"));
        PluginJar.good("p").service("").write(jar("p-empty-services.jar"));
        Files.writeString(jar("notes.txt"), "Not a plugin.");
        Files.writeString(jar("README.md"), "Not a plugin either, and nobody needs to be told.");

        PluginDirectory found = load();
        Map<String, String> reasons = found.refused().stream()
                .collect(Collectors.toMap(
                        refused -> refused.file().getFileName().toString().substring(0, 1),
                        PluginDirectory.Refused::reason));
        assertThat(found.loaded()).extracting(LoadedPlugin::id).containsExactly("good");
        assertThat(reasons.get("a")).isEqualTo("is empty (0 bytes)");
        assertThat(reasons.get("b")).startsWith("is damaged or truncated");
        assertThat(reasons.get("c")).isEqualTo("is not a JAR");
        assertThat(reasons.get("d")).startsWith("cannot be read");
        assertThat(reasons.get("e")).startsWith("has no META-INF/services/dev.penstock.spi.PluginFactory");
        assertThat(reasons.get("f")).contains("test.Missing not found");
        assertThat(reasons.get("g")).contains("was compiled for Java 99, and this is Java ");
        assertThat(reasons.get("h"))
                .isEqualTo("was built against SPI 1.99, and this is SPI " + HOST
                        + ": use a newer Penstock, or an older version of the plugin");
        assertThat(reasons.get("i")).isEqualTo("has the same plugin id twin as j-twin.jar");
        assertThat(reasons.get("j")).isEqualTo("has the same plugin id twin as i-twin.jar");
        assertThat(reasons.get("k")).contains("no constructor today");
        assertThat(reasons.get("l"))
                .isEqualTo("contains dev/penstock/spi/Plugin.class: build against proxy-spi and slf4j with scope"
                        + " provided");
        assertThat(reasons.get("m")).contains("has no manifest attribute Penstock-Plugin-Id");
        assertThat(reasons.get("n")).isEqualTo("says n in its manifest and other in its factory's id()");
        assertThat(reasons.get("o")).contains("lacks a class").contains("Factory$Config");
        assertThat(reasons.get("p")).startsWith("has no META-INF/services");
        assertThat(reasons).hasSize(16);
        assertThat(found.warnings()).isEmpty();
        assertThat(found.strangers())
                .extracting(PluginDirectory.Refused::reason)
                .containsExactly("is not a JAR, and is ignored");
    }

    @Test
    void acceptsOlderMinorsOfItsOwnMajorOnly() throws IOException {
        SpiVersion host = new SpiVersion(3, 4);
        for (String version : List.of("3.0", "3.4", "3.5", "2.9", "4.0", "three")) {
            Path directory = folder.resolve("v" + version);
            PluginJar.good("p").attribute("Penstock-Spi-Version", version).write(directory.resolve("p.jar"));
            PluginDirectory found = new PluginDirectory(directory, copies(), host).load();
            boolean accepted = version.equals("3.0") || version.equals("3.4");
            assertThat(found.loaded()).as(version).hasSize(accepted ? 1 : 0);
        }
    }

    @Test
    void warnsOfCodeThatCouldEndTheProcess() throws IOException {
        PluginJar.withFactory(
                        "exits",
                        PluginJar.factory(
                                "exits",
                                "record Config() {}",
                                "void bye() { System.exit(3); Runtime.getRuntime().halt(4); }"))
                .write(jar("exits.jar"));
        PluginDirectory found = load();
        assertThat(found.loaded()).hasSize(1);
        assertThat(found.warnings())
                .extracting(PluginDirectory.Refused::reason)
                .contains(
                        "test/Factory.class calls java.lang.System.exit",
                        "test/Factory.class calls java.lang.Runtime.halt");
    }

    @Test
    void everyPluginHasClassesOfItsOwn() throws IOException {
        PluginJar.good("one").write(jar("one.jar"));
        PluginJar.good("two").write(jar("two.jar"));
        List<LoadedPlugin> loaded = load().loaded();
        assertThat(loaded).hasSize(2);
        Class<?> one = loaded.get(0).factory().getClass();
        Class<?> two = loaded.get(1).factory().getClass();
        assertThat(one.getName()).isEqualTo(two.getName());
        assertThat(one).isNotEqualTo(two);
    }

    @Test
    void aPluginSeesItsOwnLibrariesAndNotTheHosts() throws Exception {
        PluginJar.good("own")
                .source(
                        "com.fasterxml.jackson.databind.ObjectMapper",
                        "package com.fasterxml.jackson.databind; public class ObjectMapper {}")
                .write(jar("own.jar"));
        PluginJar.good("without").write(jar("without.jar"));
        List<LoadedPlugin> loaded = load().loaded();
        ClassLoader own = loaded.get(0).factory().getClass().getClassLoader();
        ClassLoader without = loaded.get(1).factory().getClass().getClassLoader();
        String mapper = "com.fasterxml.jackson.databind.ObjectMapper";
        assertThat(own.loadClass(mapper).getClassLoader()).isEqualTo(own);
        assertThat(Class.forName(mapper)).isNotEqualTo(own.loadClass(mapper));
        assertThatExceptionOfType(ClassNotFoundException.class).isThrownBy(() -> without.loadClass(mapper));
        assertThatExceptionOfType(ClassNotFoundException.class)
                .isThrownBy(() -> without.loadClass("dev.penstock.plugin.StreamHooks"));
        assertThatExceptionOfType(ClassNotFoundException.class)
                .isThrownBy(() -> without.loadClass("dev.penstock.spirit.Plugin"));
        assertThat(own.loadClass("dev.penstock.spi.PluginFactory")).isEqualTo(PluginFactory.class);
        assertThat(own.loadClass("org.slf4j.Logger")).isEqualTo(org.slf4j.Logger.class);
    }

    @Test
    void resourcesOfServicesComeFromThePluginOnlyAndThoseOfTheSpiFromTheHostOnly() throws IOException {
        PluginJar.good("own")
                .entry("META-INF/services/some.Service", new byte[] {'x'})
                .write(jar("own.jar"));
        ClassLoader loader = load().loaded().getFirst().factory().getClass().getClassLoader();
        List<URL> services = Collections.list(loader.getResources(JarInspection.SERVICES));
        assertThat(services).singleElement().asString().contains("own.jar");
        assertThat(loader.getResource("META-INF/services/some.Service")).isNotNull();
        assertThat(loader.getResource("META-INF/services/org.junit.platform.engine.TestEngine"))
                .isNull();
        assertThat(String.valueOf(loader.getResource("dev/penstock/spi/Plugin.class")))
                .doesNotContain("own.jar");
    }

    @Test
    void overwritingAJarHarmsNothingThatRuns() throws Exception {
        Path file = PluginJar.good("hello").write(jar("hello.jar"));
        LoadedPlugin plugin = load().loaded().getFirst();
        Files.write(file, "overwritten".getBytes(StandardCharsets.UTF_8));
        Class<?> late = plugin.factory().getClass().getClassLoader().loadClass("test.Factory$Helper");
        assertThat(late.getClassLoader()).hasToString("plugin:hello.jar");
    }

    @Test
    void theSameContentIsCopiedOnce() throws IOException {
        PluginJar.good("hello").write(jar("hello.jar"));
        load();
        load();
        try (var copies = Files.list(folder.resolve("copies"))) {
            assertThat(copies).hasSize(1);
        }
    }

    private Path jar(String name) throws IOException {
        Path file = folder.resolve("plugins").resolve(name);
        Files.createDirectories(file.getParent());
        return file;
    }

    private JarCopies copies() {
        return new JarCopies(folder.resolve("copies"));
    }

    private PluginDirectory load() throws IOException {
        return new PluginDirectory(folder.resolve("plugins"), copies(), HOST).load();
    }
}
