// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.testing.Metrics;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The packaged proxy, running in the lab configuration on free ports. Thread-safe: nothing of it changes. */
final class PackagedProxy implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ProxyProcess process;
    private final Path folder;
    private final int port;
    private final int adminPort;

    private PackagedProxy(ProxyProcess process, Path folder, int port, int adminPort) {
        this.process = process;
        this.folder = folder;
        this.port = port;
        this.adminPort = adminPort;
    }

    /** Starts it and waits until it is ready. */
    static PackagedProxy start(Map<String, String> environment) {
        return start(Distribution.lab(), environment);
    }

    static PackagedProxy start(Setting setting) {
        return start(setting.config(), setting.environment());
    }

    /** What the launcher is started with. Immutable. */
    record Setting(Path folder, Path config, Map<String, String> environment) {
        Setting {
            environment = Map.copyOf(environment);
        }

        /** With these variables too. */
        Setting with(Map<String, String> more) {
            var all = new HashMap<>(environment);
            all.putAll(more);
            return new Setting(folder, config, all);
        }
    }

    /** The lab configuration, with these plugins in a directory of its own. */
    static Setting setting(Class<? extends LabPlugins> plugins, Map<String, String> environment) {
        Path folder = newFolder("plugins");
        if (plugins.equals(LabPlugins.None.class)) {
            return new Setting(folder, Distribution.lab(), environment);
        }
        Path directory = folder.resolve("jars");
        var all = new HashMap<>(environment);
        all.put("LAB_PLUGINS", directory.toString());
        LabPlugins placed = LabPlugins.of(plugins);
        try {
            placed.place(Files.createDirectories(directory));
            Path config = Files.writeString(folder.resolve("lab.yaml"), withChain(placed.chain()));
            return new Setting(folder, config, all);
        } catch (IOException e) {
            throw new AssertionError("the plugins could not be placed in " + directory, e);
        }
    }

    /** The lab configuration with another chain: a variable can hold ids, but no sections. */
    private static String withChain(String chain) throws IOException {
        String line = "  chain: \"${LAB_CHAIN:-}\"\n";
        String lab = Files.readString(Distribution.lab());
        assertThat(lab).contains(line);
        return lab.replace(line, "  chain:\n" + chain.indent(4));
    }

    private static Path newFolder(String name) {
        return Distribution.work(name + "-" + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet());
    }

    static PackagedProxy start(Path config, Map<String, String> environment) {
        int port = Ports.free();
        int adminPort = Ports.free();
        var all = new HashMap<>(environment);
        all.put("LAB_LISTEN", "127.0.0.1:" + port);
        all.put("LAB_ADMIN", "127.0.0.1:" + adminPort);
        Path folder = newFolder("proxy");
        all.putIfAbsent("LAB_PLUGINS_DATA", folder.resolve("plugin-data").toString());
        var process = ProxyProcess.start(folder, all, "run", config.toString());
        var proxy = new PackagedProxy(process, folder, port, adminPort);
        try {
            eventually(Duration.ofSeconds(30), proxy::assertReadyOrEnded);
            assertThat(process.isAlive()).as("the process is alive").isTrue();
        } catch (AssertionError e) {
            process.close();
            throw new AssertionError("the packaged proxy did not get ready\n" + process.output(), e);
        }
        return proxy;
    }

    /** An exit will not become a start: no use in waiting for the deadline. */
    private void assertReadyOrEnded() throws IOException {
        if (process.isAlive()) {
            assertThat(admin("/readyz").status()).isEqualTo(200);
        }
    }

    int port() {
        return port;
    }

    int adminPort() {
        return adminPort;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    ProxyProcess process() {
        return process;
    }

    /** A file of a chain entry's own. */
    Path pluginFile(String entry, String file) {
        return folder.resolve("plugin-data").resolve(entry).resolve(file);
    }

    /** The folder it was started in. */
    Path folder() {
        return folder;
    }

    Metrics metrics() {
        return Metrics.scrape(adminPort);
    }

    /** Asks the admin listener. */
    Response admin(String path) throws IOException {
        return admin(RawRequest.get(path));
    }

    Response admin(RawRequest request) throws IOException {
        try (var client = RawHttpClient.connect(adminPort)) {
            return client.exchange(request.header("Connection", "close"));
        }
    }

    /** Threads as the JVM's own dump lists them: carriers, platform and virtual. */
    Threads threads() {
        Path file = folder.resolve("threads.json");
        process.jcmd("Thread.dump_to_file", "-overwrite", "-format=json", file.toString());
        try {
            JsonNode containers =
                    JSON.readTree(file.toFile()).path("threadDump").path("threadContainers");
            return new Threads(stream(containers)
                    .flatMap(container -> stream(container.path("threads")))
                    .map(thread -> new Threads.One(
                            thread.path("name").asText(),
                            thread.path("virtual").asBoolean(false),
                            stream(thread.path("stack")).map(JsonNode::asText).toList()))
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    /** One thread dump. Immutable. */
    record Threads(List<One> all) {
        Threads {
            all = List.copyOf(all);
        }

        record One(String name, boolean virtual, List<String> stack) {
            One {
                stack = List.copyOf(stack);
            }

            /** The first frame of ours or of a library, for messages. */
            String top() {
                return stack.stream()
                        .filter(frame -> !frame.startsWith("java.base/"))
                        .findFirst()
                        .map(frame -> " in " + frame)
                        .orElse("");
            }
        }

        List<One> virtual() {
            return all.stream().filter(One::virtual).toList();
        }

        List<One> platform() {
            return all.stream().filter(thread -> !thread.virtual()).toList();
        }

        /** The names of virtual threads that begin like this. */
        List<String> virtualNamed(String prefix) {
            return virtual().stream()
                    .map(One::name)
                    .filter(name -> name.startsWith(prefix))
                    .toList();
        }
    }

    /** Bytes of live objects on the heap, after a full collection. */
    long liveHeapBytes() {
        process.jcmd("GC.run");
        String histogram = process.jcmd("GC.class_histogram");
        String total = histogram
                .lines()
                .filter(line -> line.startsWith("Total"))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(total.strip().split("\\s+", -1)[2]);
    }

    /** Bytes of heap in use right now, garbage included. */
    long usedHeapBytes() {
        return (long) metrics().sum("jvm_memory_bytes_used", "area", "heap");
    }

    @Override
    public void close() {
        process.close();
    }
}
