// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterCheckTest {
    private static String cluster(String settings, String route) {
        return """
            clusters:
              - {name: a, %s instances: [{url: "http://127.0.0.1:8000"}]}
            routes:
              - {%s cluster: a}
            """.formatted(settings, route);
    }

    @Test
    void warnsOfInstancesThatNobodyWouldEverFindUsable() {
        assertThat(Loading.warnings(cluster("health: {assume: unusable},", "")))
                .singleElement()
                .asString()
                .startsWith("penstock.yaml:2:32: clusters[0].health.assume: without probes nobody finds out");
        assertThat(Loading.warnings(cluster("health: {assume: unusable, active: /health},", "")))
                .isEmpty();
        assertThat(Loading.warnings(cluster("health: {assume: unusable, active: {type: tcp}},", "")))
                .isEmpty();
    }

    @Test
    void warnsOfAClusterWithoutWeight() {
        String text = cluster("", "").replace("8000\"}", "8000\", weight: 0}");
        assertThat(Loading.warnings(text))
                .singleElement()
                .asString()
                .contains("clusters[0].instances: every weight is 0");
    }

    @Test
    void warnsOfAHedgeWithoutASecondInstanceAndRefusesOneWithoutASecondAttempt() {
        assertThat(Loading.warnings(cluster("retry: {hedge_after: 1s},", "")))
                .singleElement()
                .asString()
                .contains("clusters[0].retry.hedge_after: there is no second instance to ask");
        assertThat(Loading.warnings(cluster("dns: 5s, health: {active: /health}, retry: {hedge_after: 1s},", "")))
                .isEmpty();
        assertThat(Loading.problems(cluster("retry: {attempts: 1, hedge_after: 1s},", "")))
                .singleElement()
                .asString()
                .contains("hedge_after", "attempts must be at least 2");
    }

    @Test
    void warnsOfAHedgeThatHidesASilentInstance() {
        assertThat(Loading.warnings(cluster("dns: 5s, retry: {hedge_after: 1s},", "")))
                .singleElement()
                .asString()
                .contains("clusters[0].retry.hedge_after: an instance that accepts requests and never answers");
        assertThat(Loading.warnings(cluster("dns: 5s, balancer: peak_ewma, retry: {hedge_after: 1s},", "")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "openai, /v1/chat/completions, true",
        "openai, /v1/responses/*, true",
        "openai, /v1/*, true",
        "openai, /custom, true",
        "openai, /v1/messages, false",
        "openai, /v1/messages/*, false",
        "anthropic, /v1/messages/count_tokens, true",
        "anthropic, /v1/chat/completions, false",
        "anthropic, /v1/responses/*, false",
        "passthrough, /v1/messages, true"
    })
    void refusesARouteThatSendsAnotherApisPathToACluster(String dialect, String path, boolean fits) {
        String text = cluster("dialect: " + dialect + ",", "match: {path: \"" + path + "\"},");
        if (fits) {
            assertThat(Loading.warnings(text)).isEmpty();
        } else {
            assertThat(Loading.problems(text))
                    .singleElement()
                    .asString()
                    .startsWith("penstock.yaml:4:20: routes[0].match.path: " + path + " is a path of another API")
                    .contains("\"a\" speaks (" + dialect + ")");
        }
    }
}
