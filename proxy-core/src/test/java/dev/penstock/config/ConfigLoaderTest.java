// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
    @TempDir
    Path directory;

    @Test
    void loadsTheSmallestUsefulFileOfEightLines() {
        LoadedConfig loaded = Loading.load(Loading.SMALLEST, Map.of("OPENAI_API_KEY", "sk-1"));
        InstanceConfig instance =
                loaded.config().clusters().getFirst().instances().getFirst();
        assertThat(Loading.SMALLEST.lines()).hasSizeLessThanOrEqualTo(8);
        assertThat(loaded.warnings()).isEmpty();
        assertThat(loaded.config().listen().address()).hasToString("127.0.0.1:8080");
        assertThat(loaded.config().admin().listen()).hasToString("127.0.0.1:9901");
        assertThat(instance.name()).isEqualTo("api.openai.com");
        assertThat(instance.auth()).isEqualTo(new AuthConfig.Bearer(Secret.of("sk-1")));
        assertThat(loaded.config().routes().getFirst().name()).isEqualTo("r1");
    }

    @Test
    void reportsEveryProblemSortedByPlaceWithItsLineAndACaret() {
        String text = """
            worker: {max_streams: lots}
            stream:
              timeouts:
                idle: 60
            """ + Loading.REST.replace("name: a", "name: openai").replace("cluster: a", "cluster: opanai");
        assertThat(Loading.report(text, Map.of())).hasMessage("""
            penstock.yaml:1:23: worker.max_streams: must be a whole number (found "lots")
                worker: {max_streams: lots}
                                      ^
            penstock.yaml:4:11: stream.timeouts.idle: must have a unit, such as 60s or 60ms, or off (found "60")
                    idle: 60
                          ^
            penstock.yaml:6:20: routes[0].cluster: no cluster named "opanai"; did you mean "openai"? (defined at line 5)
                routes: [{cluster: opanai}]
                                   ^\
            """);
    }

    @Test
    void showsTwentyProblemsAndCountsTheRest() {
        String keys = IntStream.range(0, 25).mapToObj(i -> "key" + i + ": 1\n").collect(Collectors.joining());
        ConfigException report = Loading.report(keys + Loading.REST, Map.of());
        assertThat(report.problems()).hasSize(25);
        assertThat(report.getMessage())
                .contains("key19")
                .doesNotContain("key20")
                .endsWith("and 5 more");
    }

    @Test
    void reportsAProblemOfAnInheritedSectionOnce() {
        String text = "stream: {heartbeat: soon}\n"
                + Loading.REST.replace("[{cluster: a}]", "[{cluster: a, match: {model: x}}, {cluster: a}]");
        assertThat(Loading.problems(text))
                .containsExactly(
                        "penstock.yaml:1:21: stream.heartbeat: must be a duration with a unit, such as 500ms, 30s or"
                                + " 2m, or off (found \"soon\")");
    }

    @Test
    void saysWhatAnEmptyFileNeeds() {
        assertThat(Loading.problems("# nothing\n"))
                .containsExactly(
                        "penstock.yaml:1:1: clusters: is required: where requests can go",
                        "penstock.yaml:1:1: routes: is required: which request goes where; the first match wins");
    }

    @Test
    void readsAFileAndLooksForOthersBesideIt() throws IOException {
        Files.writeString(directory.resolve("ca.crt"), "x");
        Files.writeString(directory.resolve("key"), "sk-2\n");
        Path file = Files.writeString(directory.resolve("penstock.yaml"), """
            clusters:
              - name: a
                tls: {ca: ca.crt}
                instances: [{url: "https://h", auth: {bearer: "${file:key}"}}]
            routes: [{cluster: a}]
            """);
        ClusterConfig cluster = new ConfigLoader(Map.of())
                .load(file, List.of())
                .config()
                .clusters()
                .getFirst();
        assertThat(cluster.tls().ca()).contains(directory.resolve("ca.crt"));
        assertThat(cluster.instances().getFirst().auth()).isEqualTo(new AuthConfig.Bearer(Secret.of("sk-2")));
    }

    @Test
    void saysThatAFileIsMissingADirectoryOrNotText() throws IOException {
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 0x41});
        assertThat(refusal(directory.resolve("none"))).isEqualTo(directory.resolve("none") + ": there is no such file");
        assertThat(refusal(directory)).isEqualTo(directory + ": is a directory");
        assertThat(refusal(binary)).isEqualTo(binary + ": is not UTF-8 text");
    }

    private static String refusal(Path file) {
        ConfigLoader loader = new ConfigLoader(Map.of());
        return String.valueOf(catchThrowableOfType(ConfigException.class, () -> loader.load(file, List.of()))
                .getMessage());
    }

    @Test
    void neverShowsALiteralSecretInAReport() {
        String text = """
            admin: {listen: 127.0.0.1:1, tokn: hunter2}
            clusters:
              - {name: a, wrong: 1, instances: [{url: "http://h", auth: {bearer: sk-live}, headers: {x-api-key: pa55}}]}
              - {name: b, instances: [{url: "http://h", auth: sk-bare}]}
              - {name: c, instances: [{url: "http://user:pw@h"}]}
            routes: [{clusters: [a, b, c]}]
            """;
        assertThat(Loading.report(text, Map.of()).getMessage())
                .contains("tokn", "wrong", "must be none")
                .doesNotContain("hunter2", "sk-live", "pa55", "sk-bare");
    }
}
