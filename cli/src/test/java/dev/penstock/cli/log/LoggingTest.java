// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.penstock.config.LogConfig;
import dev.penstock.config.LogConfig.Format;
import dev.penstock.config.LogConfig.Level;
import dev.penstock.exchange.AccessEntry;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
final class LoggingTest {
    private static final String NASTY = "a\nb\r\"c\\d\u001b[31m\u0000\u2028\ud800{,é😀";

    private final ObjectMapper mapper = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private final LoggerContext context = new LoggerContext();
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    @Test
    void writesAnAccessLineAsOneJsonObject() throws IOException {
        try (var logging = start(Level.INFO, Format.JSON)) {
            logging.write(entry("gpt-4o", Optional.empty()));
        }

        var line = onlyLine(stdout);
        assertThat(line.get("type").textValue()).isEqualTo("access");
        assertThat(line.get("time").textValue()).isEqualTo("2026-01-02T03:04:05.678Z");
        assertThat(line.get("model_asked").textValue()).isEqualTo("gpt-4o");
        assertThat(line.get("status").intValue()).isEqualTo(200);
        assertThat(line.get("outcome").textValue()).isEqualTo("completed");
        assertThat(line.has("reason")).isFalse();
        assertThat(line.get("ended_by").textValue()).isEqualTo("upstream");
        assertThat(line.get("tokens").toString()).isEqualTo("{\"input\":10,\"output\":42}");
        assertThat(line.get("ms").toString()).isEqualTo("{\"queue\":0.0,\"first_token\":210.123,\"total\":1234.5}");
        assertThat(line.get("extra").get("team").textValue()).isEqualTo("blue");
        assertThat(stderr.size()).isZero();
    }

    @Test
    void neverShowsAQuery() throws IOException {
        try (var logging = start(Level.INFO, Format.JSON)) {
            logging.write(entry("m", Optional.empty()));
        }

        assertThat(onlyLine(stdout).get("path").textValue()).isEqualTo("/v1/chat/completions");
        assertThat(stdout.toString(UTF_8)).doesNotContain("canary");
    }

    @Test
    void keepsEveryLineValidWhateverTheNamesAre() throws IOException {
        var seed = System.nanoTime();
        System.out.println("seed " + seed);
        var random = new Random(seed);
        try (var logging = start(Level.INFO, Format.JSON)) {
            logging.write(entry(NASTY, Optional.of(NASTY)));
            for (var i = 0; i < 300; i++) {
                logging.write(entry(nasty(random), Optional.of(nasty(random))));
                context.getLogger("dev.penstock.test")
                        .atWarn()
                        .addKeyValue(nasty(random), nasty(random))
                        .setCause(new IllegalStateException(nasty(random)))
                        .log(nasty(random));
            }
        }

        assertThat(lines(stdout)).hasSize(301);
        assertThat(lines(stderr)).hasSize(300);
        for (var line : lines(stdout)) {
            assertThat(line.get("model_asked").textValue()).hasSizeLessThanOrEqualTo(128);
        }
    }

    @Test
    void keepsAHumansLineOneLineAndFreeOfEscapeSequences() {
        try (var logging = start(Level.INFO, Format.HUMAN)) {
            logging.write(entry(NASTY, Optional.of("worker_cap")));
            context.getLogger("dev.penstock.test").warn("said {}", NASTY);
        }

        assertThat(stdout.toString(UTF_8).lines()).hasSize(1);
        assertThat(stdout.toString(UTF_8)).contains(" refused worker_cap 200 POST /v1/chat/completions ");
        assertThat(stderr.toString(UTF_8).lines()).hasSize(1);
        assertThat(stderr.toString(UTF_8)).contains(" WARN test: said a\\u000ab");
        assertThat(stdout.toString(UTF_8) + stderr.toString(UTF_8)).doesNotContain("\u001b", "\u2028");
    }

    @Test
    void tellsAHumanWhatCounts() {
        try (var logging = start(Level.INFO, Format.HUMAN)) {
            logging.write(entry("small", Optional.empty()));
        }

        assertThat(stdout.toString(UTF_8))
                .endsWith(" completed 200 POST /v1/chat/completions small -> served chat/a 44 events"
                        + " first token 0.210s 1.235s 3f9c\n");
    }

    @Test
    void isHumanByItselfOnATerminalOnly() throws IOException {
        var auto = new LogConfig(Level.INFO, Format.AUTO);
        try (var logging = Logging.start(context, auto, new LogOutput(stdout, false), new LogOutput(stderr, true))) {
            logging.write(entry("m", Optional.empty()));
            context.getLogger("dev.penstock.test").warn("hello");
        }

        assertThat(onlyLine(stdout).get("type").textValue()).isEqualTo("access");
        assertThat(stderr.toString(UTF_8)).endsWith(" WARN test: hello\n");
    }

    @Test
    void tellsTheThreadAndTheStackOfAFailure() throws IOException {
        try (var _ = start(Level.INFO, Format.JSON)) {
            context.getLogger("dev.penstock.test").error("hook {} failed", "x", new IllegalStateException("why"));
        }

        var line = onlyLine(stderr);
        assertThat(line.get("level").textValue()).isEqualTo("ERROR");
        assertThat(line.get("message").textValue()).isEqualTo("hook x failed");
        assertThat(line.get("thread").textValue())
                .isEqualTo(Thread.currentThread().getName());
        assertThat(line.get("error").textValue()).startsWith("java.lang.IllegalStateException: why\n\tat ");
    }

    @Test
    void takesWhatPluginsAndTheJdkSayThroughTheirOwnLoggers() throws IOException {
        try (var logging = start(Level.INFO, Format.JSON)) {
            System.getLogger("com.example.plugin").log(System.Logger.Level.INFO, "hello {0}", "you");
            System.getLogger("com.example.plugin").log(System.Logger.Level.DEBUG, "unheard");
            System.getLogger("sun.rmi").log(System.Logger.Level.INFO, "unheard");
            logging.level(Level.DEBUG);
            java.util.logging.Logger.getLogger("com.example.plugin")
                    .log(java.util.logging.Level.FINE, "why", new IllegalStateException("so"));
        }

        var lines = lines(stderr);
        assertThat(lines).extracting(line -> line.get("message").textValue()).containsExactly("hello you", "why");
        assertThat(lines).extracting(line -> line.get("level").textValue()).containsExactly("INFO", "DEBUG");
        assertThat(lines.getLast().get("error").textValue()).startsWith("java.lang.IllegalStateException: so");
    }

    @Test
    void changesItsLevelWhileRunning() throws IOException {
        try (var logging = start(Level.WARN, Format.JSON)) {
            var log = context.getLogger("dev.penstock.test");
            log.info("unheard");
            logging.write(entry("unheard", Optional.empty()));
            logging.level(Level.DEBUG);
            log.debug("heard");
            logging.write(entry("heard", Optional.empty()));

            assertThat(logging.level()).isEqualTo(Level.DEBUG);
            assertThat(context.getLogger("org.eclipse.jetty.http").isInfoEnabled())
                    .isFalse();
        }

        assertThat(onlyLine(stderr).get("message").textValue()).isEqualTo("heard");
        assertThat(onlyLine(stdout).get("model_asked").textValue()).isEqualTo("heard");
    }

    @Test
    void letsStreamsGoOnWhileStandardOutputStalls() throws InterruptedException {
        var stalled = new StalledStream();
        var logging = Logging.start(
                context,
                new LogConfig(Level.INFO, Format.JSON),
                new LogOutput(stalled, false),
                new LogOutput(stderr, false));
        while (logging.dropped() == 0) {
            logging.write(entry("m", Optional.empty()));
        }
        context.getLogger("dev.penstock.test").warn("still talking");
        stalled.release();
        logging.close();

        assertThat(stderr.toString(UTF_8)).contains("still talking");
        assertThat(stalled.text().lines()).isNotEmpty().allMatch(line -> line.startsWith("{") && line.endsWith("}"));
    }

    @Test
    void keepsTheOrderOfBothKindsOnOneOutput() throws IOException {
        var both = new LogOutput(stderr, false);
        try (var logging = Logging.start(context, new LogConfig(Level.INFO, Format.JSON), both, both)) {
            logging.write(entry("m", Optional.empty()));
            context.getLogger("dev.penstock.test").info("second");
        }

        assertThat(lines(stderr))
                .extracting(line -> line.get("type").textValue())
                .containsExactly("access", "log");
    }

    @Test
    void writesWhatIsLeftWhenSomebodyEndsTheProcess() throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var classPath = Stream.of(
                        EndedByAStranger.class,
                        Logging.class,
                        LogConfig.class,
                        LoggerContext.class,
                        UnsynchronizedAppenderBase.class,
                        LoggerFactory.class)
                .map(type ->
                        type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .collect(Collectors.joining(File.pathSeparator));
        var process = new ProcessBuilder(java, "-cp", classPath, EndedByAStranger.class.getName())
                .redirectErrorStream(true)
                .start();

        var output = new String(process.getInputStream().readAllBytes(), UTF_8);

        assertThat(process.waitFor()).as(output).isEqualTo(3);
        assertThat(output).contains("the last words");
    }

    /** A process that is ended by code which knows nothing of the log, whose reader is slow. Confined to the main thread. */
    static final class EndedByAStranger {
        private EndedByAStranger() {}

        public static void main(String[] none) {
            var slow = new FilterOutputStream(System.out) {
                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
                    out.write(bytes, offset, length);
                }
            };
            Logging.start(new LogConfig(Level.INFO, Format.JSON), LogOutput.stdout(), new LogOutput(slow, false));
            System.getLogger("test").log(System.Logger.Level.WARNING, "the last words");
            System.exit(3);
        }
    }

    private Logging start(Level level, Format format) {
        return Logging.start(
                context, new LogConfig(level, format), new LogOutput(stdout, false), new LogOutput(stderr, false));
    }

    private JsonNode onlyLine(ByteArrayOutputStream out) throws IOException {
        var lines = lines(out);
        assertThat(lines).hasSize(1);
        return lines.getFirst();
    }

    private List<JsonNode> lines(ByteArrayOutputStream out) throws IOException {
        var parsed = new ArrayList<JsonNode>();
        for (var line : out.toString(UTF_8).split("\n", -1)) {
            if (!line.isEmpty()) {
                parsed.add(mapper.readTree(line));
            }
        }
        return parsed;
    }

    private static String nasty(Random random) {
        var text = new StringBuilder();
        for (var i = random.nextInt(4096); i >= 0; i--) {
            text.append((char) (random.nextBoolean() ? random.nextInt(0x80) : random.nextInt(0x10000)));
        }
        return text.toString();
    }

    private static AccessEntry entry(String model, Optional<String> reason) {
        var tokens = new LinkedHashMap<String, Long>();
        tokens.put("input", 10L);
        tokens.put("output", 42L);
        var millis = new LinkedHashMap<String, Double>();
        millis.put("queue", 0.0);
        millis.put("first_token", 210.1234);
        millis.put("total", 1234.5);
        return new AccessEntry(
                Instant.parse("2026-01-02T03:04:05.678Z"),
                "3f9c",
                "ticket-7",
                Optional.of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
                "blue",
                "chat",
                "chat",
                "a",
                "openai",
                model,
                "served",
                1,
                200,
                reason.isPresent() ? "" : "completed",
                reason,
                "relay",
                "upstream",
                120,
                4096,
                44,
                tokens,
                millis,
                Map.of("team", "blue"),
                "POST",
                "/v1/chat/completions?key=canary",
                "127.0.0.1");
    }
}
