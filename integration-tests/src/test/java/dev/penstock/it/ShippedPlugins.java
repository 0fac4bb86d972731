// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The six plugins of the distribution, from their JARs, all in one chain. Immutable. */
final class ShippedPlugins implements LabPlugins {
    /** Team A changes its key: both are good. */
    static final List<String> TEAM_A = List.of("key-of-team-a-that-goes", "key-of-team-a-that-comes");

    /** Team B may only use two models. */
    static final String TEAM_B = "key-of-team-b";

    private static final String PROBE = "key-of-the-quiescence-check";

    @Override
    public void place(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(Distribution.home().resolve("plugins"))) {
            for (Path jar :
                    files.filter(file -> file.toString().endsWith(".jar")).toList()) {
                Files.copy(jar, directory.resolve(jar.getFileName()));
            }
        }
    }

    @Override
    public String chain() {
        return """
            - id: key-auth
              config:
                consumers:
                  - {name: team-a, keys: ["%s", "%s"]}
                  - {name: team-b, keys: ["%s"], models: [fast, "small-*"]}
                  - {name: probe, keys: ["%s"]}
            - id: model-alias
              config: {aliases: {fast: lab-small}, deny: {"gpt-3*": "it was retired; use fast"}}
            - id: prompt-guard
              config: {deny: {injection: "ignore (all )?previous instructions"}}
            - id: content-guard
              config: {patterns: {codename: "project\\\\s+nightfall"}, farewell: "Stopped by policy."}
            - id: usage-log
              config: {max_size: 1KiB, keep: 3, prices: {"lab-*": {input: 2, output: 10}}}
            - id: latency-tracker
            """.formatted(hash(TEAM_A.getFirst()), hash(TEAM_A.getLast()), hash(TEAM_B), hash(PROBE));
    }

    @Override
    public String probeKey() {
        return PROBE;
    }

    private static String hash(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8));
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
