// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Loads text the way a user's file is loaded. Immutable. */
final class Loading {
    /** The smallest useful file is eight lines; this is it. */
    static final String SMALLEST = """
        clusters:
          - name: openai
            dialect: openai
            instances:
              - url: https://api.openai.com
                auth: {bearer: "${OPENAI_API_KEY}"}
        routes:
          - cluster: openai
        """;

    /** One cluster and one route, to which a test adds what it is about. */
    static final String REST = """
        clusters: [{name: a, instances: [{url: "http://127.0.0.1:8000"}]}]
        routes: [{cluster: a}]
        """;

    private static final Path NOWHERE = Path.of("/nonexistent");

    private Loading() {}

    static LoadedConfig load(String text, Map<String, String> environment, ConfigOverride... overrides) {
        return new ConfigLoader(environment).parse("penstock.yaml", text, NOWHERE, List.of(overrides));
    }

    static LoadedConfig load(String text) {
        return load(text, Map.of());
    }

    static PenstockConfig config(String text) {
        return load(text).config();
    }

    /** Every problem, one line each. */
    static List<String> problems(String text, Map<String, String> environment, ConfigOverride... overrides) {
        return report(text, environment, overrides).problems().stream()
                .map(ConfigProblem::summary)
                .toList();
    }

    static List<String> problems(String text) {
        return problems(text, Map.of());
    }

    static List<String> warnings(String text) {
        return load(text).warnings().stream().map(ConfigProblem::summary).toList();
    }

    static ConfigException report(String text, Map<String, String> environment, ConfigOverride... overrides) {
        ConfigException thrown = catchThrowableOfType(ConfigException.class, () -> load(text, environment, overrides));
        if (thrown == null) {
            throw new AssertionError("this configuration was expected to be refused:\n" + text);
        }
        return thrown;
    }
}
