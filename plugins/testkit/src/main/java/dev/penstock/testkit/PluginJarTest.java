// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Runs a plugin from its built JAR, through its own class loader, as the proxy does. Name the class {@code ...JarTest}: the
 * build runs it after packaging, and says in the system property {@code penstock.plugin.jar} where the JAR is.
 *
 * <pre>{@code
 * final class UsageLogJarTest extends PluginJarTest {
 *     protected String exampleConfig() { return ""; }
 * }
 * }</pre>
 */
public abstract class PluginJarTest {

    /** After each test nothing is held, and no thread is left. */
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** The configuration that the plugin's documentation gives as an example. */
    protected abstract String exampleConfig();

    /** A request that the example configuration lets pass. */
    protected HarnessRequest request() {
        return HarnessRequest.openAiChat("example-model", "Hello");
    }

    /** Events that the example configuration lets pass. */
    protected List<String> events() {
        return List.of("{\"choices\":[{\"delta\":{\"content\":\"Hello\"}}]}");
    }

    /** Where the JAR is. */
    protected Path jar() {
        return Path.of(System.getProperty("penstock.plugin.jar", "target/plugin.jar"));
    }

    @Test
    final void itRunsFromItsJarInAWholeProxy() throws Exception {
        try (TestingUpstream upstream = TestingUpstream.streaming(events())) {
            TestingProxy proxy = leaks.watch(TestingProxy.ofJar(jar(), exampleConfig(), upstream));
            HttpResponse<String> answer = proxy.send(request());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).endsWith("data: [DONE]\n\n");
            assertThat(upstream.bodies()).hasSize(1);
        }
    }

    @Test
    final void itRunsFromItsJar() {
        try (PluginHarness harness = PluginHarness.ofJar(jar(), exampleConfig())) {
            HarnessStream stream = harness.stream(request()).run(events().toArray(String[]::new));
            assertThat(harness.errors()).isEmpty();
            assertThat(stream.outcome().kind().label()).isEqualTo("completed");
        }
    }
}
