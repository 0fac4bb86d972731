// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Where the blocks of one document are played: a folder, a mock in place of the model servers and the providers, and at most one
 * proxy that serves. Addresses of the document become free ones. Confined to the test's thread.
 */
final class DocumentStage implements AutoCloseable {
    private static final Map<String, String> KEYS =
            Map.of("OPENAI_API_KEY", "sk-one", "ANTHROPIC_API_KEY", "sk-two", "ADMIN_TOKEN", "three");

    private final Path folder;
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final ProxyProcess mock;
    private Optional<ProxyProcess> serving = Optional.empty();

    DocumentStage(String name) {
        folder = Distribution.work("documents/" + name);
        String mockPort = Integer.toString(Ports.free());
        addresses.put("https://api.openai.com", "http://127.0.0.1:" + mockPort);
        addresses.put("https://api.anthropic.com", "http://127.0.0.1:" + mockPort);
        addresses.put(":9000", ":" + mockPort);
        addresses.put(":9001", ":" + mockPort);
        addresses.put(":8080", ":" + Ports.free());
        addresses.put(":9901", ":" + Ports.free());
        mock = ProxyProcess.start(folder, Map.of(), "mock", "--listen", "127.0.0.1:" + mockPort);
        awaitListening(mock);
    }

    /** Keeps a configuration for the blocks that follow; what served under the one before is stopped. */
    void configure(String yaml) {
        stop();
        try {
            Files.writeString(folder.resolve("penstock.yaml"), placed(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts what the block starts, and leaves it running. */
    void serve(String command) {
        stop();
        String[] words = placed(command).strip().split("\\s+", -1);
        var arguments = Arrays.asList(words).subList(1, words.length);
        var all = new ArrayList<>(arguments);
        if (all.contains("demo")) {
            all.add("--listen");
            all.add("127.0.0.1" + addresses.get(":8080"));
        }
        var process = ProxyProcess.start(folder, environment(), all.toArray(String[]::new));
        serving = Optional.of(process);
        awaitListening(process);
    }

    /** The keys, and the free addresses for configurations that leave the usual ones unsaid. */
    private Map<String, String> environment() {
        var environment = new HashMap<>(KEYS);
        environment.put("PENSTOCK_LISTEN", "127.0.0.1" + addresses.get(":8080"));
        environment.put("PENSTOCK_ADMIN", "127.0.0.1" + addresses.get(":9901"));
        return environment;
    }

    /** Runs a block in a shell to its end; it must succeed and say something. */
    String run(String script) {
        String launcher = Distribution.launcher().toString();
        String placed = placed(script).replaceAll("(?m)(^|\\s)(cli/)?bin/penstock", "$1" + launcher);
        var shell = new ProcessBuilder("bash", "-euo", "pipefail", "-c", placed).directory(folder.toFile());
        shell.environment().putAll(KEYS);
        shell.environment().put("PENSTOCK_JAVA_HOME", System.getProperty("java.home"));
        return output(shell);
    }

    private static String output(ProcessBuilder shell) {
        try {
            Process process = shell.redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue())
                    .as("%s\n%s", shell.command(), output)
                    .isZero();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private String placed(String text) {
        String placed = text;
        for (Map.Entry<String, String> address : addresses.entrySet()) {
            placed = placed.replace(address.getKey(), address.getValue());
        }
        return placed;
    }

    private static void awaitListening(ProxyProcess process) {
        eventually(Patience.seconds(30), () -> assertThat(process.output()).contains("listening on"));
    }

    private void stop() {
        serving.ifPresent(ProxyProcess::close);
        serving = Optional.empty();
    }

    @Override
    public void close() {
        stop();
        mock.close();
    }
}
