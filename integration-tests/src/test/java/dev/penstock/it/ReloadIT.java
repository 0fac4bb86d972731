// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.testing.Patience;
import dev.penstock.testing.ProviderEvents;
import dev.penstock.testing.RawHttpClient;
import dev.penstock.testing.RawRequest;
import dev.penstock.testing.Response;
import dev.penstock.testing.Script;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Group R: a reload is whole or refused, and no stream feels it. Confined to one thread per test. */
final class ReloadIT {
    private static final int LIVE = 50;

    @TempDir
    private Path folder;

    @Test
    @DisplayName("R01 a reload under load disturbs no stream, and requests after it see the new values alone")
    void disturbsNoStream() throws Exception {
        LabFile file = LabFile.in(folder).weights(1, 0, 0);
        Map<String, String> variables = Map.of(
                "LAB_CAP_WORKER",
                "100",
                "LAB_CAP_ROUTE",
                "100",
                "LAB_CAP_CONSUMER",
                "off",
                "LAB_TOTAL",
                "60s",
                "LAB_IDLE",
                "60s");
        try (var lab = Laboratory.open(file.path(), variables)) {
            var gate = new CountDownLatch(1);
            lab.play(request -> Script.sse()
                    .event(ProviderEvents.chatDelta("begun"))
                    .gate(gate)
                    .events(ProviderEvents.chat(2))
                    .end());
            List<RawHttpClient> live = open(lab);
            String key = lab.canary("new-key");
            file.weights(0, 1, 0)
                    .replace("${LAB_KEY_2:-lab-key-2}", key)
                    .replace("${LAB_MODEL_2:-off}", "renamed")
                    .replace("\"${LAB_CAP_WORKER:-40}\"", "10")
                    .reload(lab);

            // Fifty streams live on ten permits: a newcomer waits for its turn, and gets it from the first that ends.
            assertThat(lab.proxy().metrics().sum("penstock_streams_active")).isEqualTo(LIVE);
            gate.countDown();
            for (RawHttpClient client : live) {
                Response response = client.readRest();
                assertThat(response.text()).endsWith(ProviderEvents.chatDone());
                assertThat(response.end().isClean()).isTrue();
                client.close();
            }
            assertThat(lab.call(Calls.chat()).status()).isEqualTo(200);
            var arrived = lab.upstream(2).awaitOnlyExchange().request();
            assertThat(arrived.header("authorization")).hasValue("Bearer " + key);
            assertThat(arrived.mentions("\"renamed\"")).isTrue();
            assertThat(lab.proxy().metrics().sum("penstock_permits_limit", "scope", "worker"))
                    .isEqualTo(10);
            lab.assertOutcome("completed", LIVE + 1);
            lab.check(true);
        }
    }

    private static List<RawHttpClient> open(Laboratory lab) throws IOException {
        var live = new ArrayList<RawHttpClient>();
        for (int i = 0; i < LIVE; i++) {
            var client = lab.connect();
            client.send(Calls.chat()).readEventsAfterHead(1);
            live.add(client);
        }
        return live;
    }

    /** An edit that cannot be taken, and what the log must say of it. */
    private record Mistake(String old, String wrong, List<String> said) {
        Mistake {
            said = List.copyOf(said);
        }

        String quoted() {
            return Matcher.quoteReplacement(wrong);
        }
    }

    private static final List<Mistake> MISTAKES = List.of(
            new Mistake("listen:", "lisen:", List.of(":5:1: lisen: unknown key", "listen")),
            new Mistake("watch: false", "watch: perhaps", List.of("reload.watch", "perhaps")),
            new Mistake("watch: false", "watch: \"${NO_SUCH_VARIABLE}\"", List.of("NO_SUCH_VARIABLE")),
            new Mistake("cluster: lab,", "cluster: lob,", List.of("lob", "lab")),
            new Mistake("listen: \"", "listen: [\"", List.of("lab.yaml:5:")),
            new Mistake("${LAB_LISTEN:-127.0.0.1:18080}", "127.0.0.1:1", List.of("listen", "cannot change")));

    @Test
    @DisplayName("R02 a bad configuration changes nothing, and says where it is wrong until a good one comes")
    void refusesABadConfiguration() throws Exception {
        LabFile file = LabFile.in(folder).weights(1, 0, 0);
        try (var lab = Laboratory.open(file.path(), Map.of())) {
            for (Mistake mistake : MISTAKES) {
                refuses(lab, file, mistake);
                Files.writeString(file.path(), file.text());
                file.reload(lab);
                awaitSuccessful(lab, 1);
            }
            assertThat(lab.proxy().admin(RawRequest.of("POST", "/reload")).status())
                    .isEqualTo(200);
            lab.check(true);
        }
    }

    private static void refuses(Laboratory lab, LabFile file, Mistake mistake) throws IOException {
        double generation = LabFile.generation(lab);
        assertThat(file.text()).contains(mistake.old);
        Files.writeString(file.path(), file.text().replaceFirst(Pattern.quote(mistake.old), mistake.quoted()));
        lab.proxy().process().signal("HUP");

        awaitSuccessful(lab, 0);
        String log = lab.proxy().process().output();
        assertThat(log).contains(mistake.said).contains("configuration not reloaded (signal)", "lab.yaml:");
        assertThat(lab.proxy().admin("/config").text()).contains("\"successful\":false");
        assertThat(lab.call(Calls.chat()).status()).isEqualTo(200);
        assertThat(LabFile.generation(lab)).isEqualTo(generation);
    }

    @Test
    @DisplayName(
            "R a configuration that comes through a pipe is served, not watched, and says why it cannot be read again")
    void readsAPipeOnce() throws Exception {
        Path pipe = folder.resolve("pipe");
        ProxyProcess.run("mkfifo", pipe.toString());
        String text = Files.readString(Distribution.lab());
        Thread.ofPlatform().daemon().start(() -> write(pipe, text));
        try (var lab = Laboratory.open(pipe, Map.of())) {
            Response refused = lab.proxy().admin(RawRequest.of("POST", "/reload"));

            assertThat(refused.status()).isEqualTo(409);
            assertThat(refused.text()).contains(pipe.toString(), "no regular file", "restart");
            assertThat(lab.proxy().process().output()).contains("is not watched");
            assertThat(LabFile.generation(lab)).isEqualTo(1);
            assertThat(lab.call(Calls.chat()).status()).isEqualTo(200);
            lab.check(true);
        }
    }

    @Test
    @DisplayName("R a reload that names a pipe without a writer is refused, and the next one without it is taken")
    void refusesAPipeThatIsNamedLater() throws Exception {
        Path pipe = folder.resolve("pipe");
        ProxyProcess.run("mkfifo", pipe.toString());
        LabFile file = LabFile.in(folder);
        try (var lab = Laboratory.open(file.path(), Map.of())) {
            file.replace("${LAB_KEY_2:-lab-key-2}", "${file:pipe}");
            Response refused = lab.proxy().admin(RawRequest.of("POST", "/reload"));

            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.text()).contains(pipe.toString(), "no regular file", "restart");
            assertThat(lab.call(Calls.chat()).status()).isEqualTo(200);

            file.replace("${file:pipe}", "another-key").reload(lab);
            lab.check(true);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitSuccessful(Laboratory lab, double value) {
        eventually(
                Patience.seconds(5),
                () -> assertThat(lab.proxy().metrics().sum("penstock_config_last_reload_successful"))
                        .isEqualTo(value));
    }

    @Test
    @DisplayName("R01 follows its file through a rename, a swapped link and a write in pieces")
    void followsItsFile() throws Exception {
        Path first = Files.createDirectory(folder.resolve("..v1"));
        LabFile file = LabFile.in(first).weights(1, 0, 0).replace("watch: false", "watch: true");
        Path data = Files.createSymbolicLink(folder.resolve("..data"), first.getFileName());
        Path config = Files.createSymbolicLink(folder.resolve("lab.yaml"), Path.of("..data", "lab.yaml"));
        try (var lab = Laboratory.open(config, Map.of())) {
            Path second = Files.createDirectory(folder.resolve("..v2"));
            Files.writeString(second.resolve("lab.yaml"), file.weights(0, 1, 0).text());
            // The text of the first folder has changed with it; what is swapped in is another file with the same
            // content.
            awaitGeneration(lab, 2);
            assertServedBy(lab, 2);

            Files.writeString(second.resolve("lab.yaml"), file.text().replace("weight: 1", "weight: 7"));
            Path link = Files.createSymbolicLink(folder.resolve("..next"), second.getFileName());
            replace(link, data);
            awaitGeneration(lab, 3);
            assertThat(lab.proxy().admin("/clusters").text()).contains("\"weight\":7");

            Path renamed = Files.writeString(
                    folder.resolve("lab.yaml.new"), file.weights(0, 0, 1).text());
            replace(renamed, config);
            awaitGeneration(lab, 4);
            assertServedBy(lab, 3);

            String whole = file.weights(1, 0, 0).text();
            for (int end = whole.indexOf("routes:"); end < whole.length(); end += 100) {
                Files.writeString(config, whole.substring(0, end));
            }
            Files.writeString(config, whole);
            awaitGeneration(lab, 5);
            assertServedBy(lab, 1);
            assertThat(lab.proxy().metrics().sum("penstock_config_last_reload_successful"))
                    .isEqualTo(1);
            assertThat(lab.proxy().process().output()).doesNotContain("configuration not reloaded");
            lab.check(true);
        }
    }

    private static void replace(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void awaitGeneration(Laboratory lab, double number) {
        eventually(
                Patience.seconds(5), () -> assertThat(LabFile.generation(lab)).isEqualTo(number));
    }

    private static void assertServedBy(Laboratory lab, int upstream) throws IOException {
        lab.upstreams().forEach(each -> each.forget());
        assertThat(lab.call(Calls.chat()).status()).isEqualTo(200);
        lab.upstream(upstream).awaitOnlyExchange();
    }
}
