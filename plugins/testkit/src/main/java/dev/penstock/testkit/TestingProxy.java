// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import dev.penstock.config.ConfigLoader;
import dev.penstock.config.LoadedConfig;
import dev.penstock.launch.ProxyServer;
import dev.penstock.launch.Surroundings;
import dev.penstock.metrics.BuildInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A whole proxy in this process, on free ports: for what the {@link PluginHarness} leaves out, such as sockets, admission and
 * metrics.
 *
 * <pre>{@code
 * try (var upstream = TestingUpstream.streaming(List.of("{}"));
 *         var proxy = TestingProxy.ofJar(Path.of("target/hello.jar"), "stop_word: fox", upstream)) {
 *     HttpResponse<String> answer = proxy.send(HarnessRequest.openAiChat("mock", "Hi"));
 *     assertThat(answer.body()).endsWith("data: [DONE]\n\n");
 * }
 * }</pre>
 *
 * <p>Thread-safe: its parts are.
 */
public final class TestingProxy implements AutoCloseable {
    private final ProxyServer server;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AutoCloseable folder;

    private TestingProxy(ProxyServer server, AutoCloseable folder) {
        this.server = server;
        this.folder = folder;
    }

    /**
     * Starts one.
     *
     * @param yaml a configuration without {@code listen} and {@code admin}
     */
    public static TestingProxy start(String yaml) throws IOException {
        return start(yaml, () -> {});
    }

    /**
     * Starts one with a single plugin in its chain, from its built JAR, in front of one model server.
     *
     * @param config what would stand below {@code config:}; may be empty
     */
    public static TestingProxy ofJar(Path jar, String config, TestingUpstream upstream) throws IOException {
        PluginFolder folder = PluginFolder.of(jar);
        String yaml = """
            clusters: [{name: testing, instances: [{url: "%s"}]}]
            routes: [{cluster: testing}]
            plugins:
              directory: "%s"
              chain:
                - id: %s
                  config:
            %s
            """.formatted(upstream.url(), folder.plugins(), folder.id(), config.indent(8));
        return start(yaml, folder);
    }

    private static TestingProxy start(String yaml, AutoCloseable folder) throws IOException {
        String text = "listen: 127.0.0.1:0\nadmin: {listen: 127.0.0.1:0}\n" + yaml;
        LoadedConfig loaded = new ConfigLoader(Map.of()).parse("testing.yaml", text, Path.of("."), List.of());
        var build = new BuildInfo("testing", "testing", "testing", "testing");
        return new TestingProxy(ProxyServer.start(loaded, new Surroundings(build, entry -> {}, () -> 0)), folder);
    }

    /** Where clients reach it, without a path. */
    public URI url() {
        return url(server.listenAddress());
    }

    private static URI url(InetSocketAddress address) {
        return URI.create("http://127.0.0.1:" + address.getPort());
    }

    /** Sends a request as a client would, and waits for the whole answer. */
    public HttpResponse<String> send(HarnessRequest request) throws IOException, InterruptedException {
        var builder = HttpRequest.newBuilder(url().resolve(request.path()))
                .method(request.method(), BodyPublishers.ofString(request.body()));
        request.headers().forEach(builder::header);
        return client.send(builder.build(), BodyHandlers.ofString());
    }

    /** The sum of a metric over all its series; 0 if there is none of that name. */
    public double metric(String name) {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private String metrics() {
        try {
            URI uri = url(server.adminAddress()).resolve("/metrics");
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Ends streams that still live, closes the plugins, and frees the ports. */
    @Override
    public void close() {
        client.close();
        server.close();
        try {
            folder.close();
        } catch (Exception e) {
            throw new IllegalStateException("the folder of the plugin was not deleted", e);
        }
    }
}
