// SPDX-License-Identifier: Apache-2.0
package dev.penstock.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.admission.StreamPermit;
import dev.penstock.config.Glob;
import dev.penstock.config.HeaderName;
import dev.penstock.config.MatchConfig;
import dev.penstock.config.PathPattern;
import dev.penstock.config.RouteConfig;
import dev.penstock.config.StreamConfig;
import dev.penstock.config.WeightedCluster;
import dev.penstock.routing.RouteAnswer.Matched;
import dev.penstock.routing.RouteAnswer.UnknownModel;
import dev.penstock.routing.RouteAnswer.UnknownPath;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RouteTableTest {
    private static final String CHAT = "/v1/chat/completions";

    private final Random random = new Random(11);
    private final RouteRegistry registry = new RouteRegistry(System::nanoTime, random::nextDouble);

    @Test
    void theFirstMatchWins() {
        RouteTable table = table(
                route("exact", CHAT, "gpt-4o"),
                route("prefix", CHAT, "gpt-*"),
                route("glob", CHAT, "*-mini-*"),
                route("paths", "/v1/*", "claude*"),
                route("rest", "/v1/messages", "*"));

        assertThat(name(table, CHAT, "gpt-4o")).isEqualTo("exact");
        assertThat(name(table, CHAT, "gpt-4o-mini-2")).isEqualTo("prefix");
        assertThat(name(table, CHAT, "o3-mini-high")).isEqualTo("glob");
        assertThat(name(table, "/v1/messages", "claude-x")).isEqualTo("paths");
        assertThat(name(table, "/v1/messages", "other")).isEqualTo("rest");
    }

    @Test
    void anUnknownModelIsNotAnUnknownPath() {
        RouteTable table = table(route("a", CHAT, "gpt-*"));

        assertThat(table.match(CHAT, Optional.of("claude"), HeaderLookup.none(), any -> true))
                .isInstanceOf(UnknownModel.class);
        assertThat(table.match("/v2/x", Optional.of("gpt-4o"), HeaderLookup.none(), any -> true))
                .isInstanceOf(UnknownPath.class);
    }

    @Test
    void aRequestWithoutAModelMatchesOnlyRulesForAllModels() {
        RouteTable table = table(route("some", CHAT, "gpt*"), route("all", CHAT, "*"));

        Matched matched = (Matched) table.match(CHAT, Optional.empty(), HeaderLookup.none(), any -> true);

        assertThat(matched.route().name()).isEqualTo("all");
    }

    @Test
    void headersMustAllMatchOneOfTheirValues() {
        Map<HeaderName, Glob> gold = Map.of(new HeaderName("X-Tier"), new Glob("gold*"));
        RouteTable table = table(route("gold", CHAT, "*", gold), route("rest", CHAT, "*"));
        HeaderLookup headers = name -> name.equals("x-tier") ? List.of("tin", "golden") : List.of();

        assertThat(((Matched) table.match(CHAT, Optional.of("m"), headers, any -> true))
                        .route()
                        .name())
                .isEqualTo("gold");
        assertThat(name(table, CHAT, "m")).isEqualTo("rest");
    }

    @Test
    void clustersShareByWeightAndFallbacksFollow() {
        RouteTable table = table(route(
                "a",
                CHAT,
                "*",
                List.of(weighted("big", 3), weighted("small", 1), weighted("off", 0)),
                List.of("backup", "small")));
        Map<List<String>, Integer> chains = new HashMap<>();
        for (int i = 0; i < 4000; i++) {
            Matched matched = (Matched) table.match(CHAT, Optional.of("m"), HeaderLookup.none(), any -> true);
            chains.merge(matched.clusters(), 1, Integer::sum);
        }

        assertThat(chains).containsOnlyKeys(List.of("big", "backup", "small"), List.of("small", "backup"));
        assertThat(chains.get(List.of("small", "backup"))).isBetween(850, 1150);
    }

    @Test
    void theDrawIsAmongThoseThatSpeakThePathsApi() {
        RouteTable table = table(
                route("a", CHAT, "*", List.of(weighted("openai", 1), weighted("anthropic", 9)), List.of("other")));
        for (int i = 0; i < 100; i++) {
            assertThat(table.match(CHAT, Optional.of("m"), HeaderLookup.none(), "openai"::equals))
                    .isInstanceOfSatisfying(
                            Matched.class,
                            matched -> assertThat(matched.clusters()).containsExactly("openai"));
        }
        assertThat(table.match(CHAT, Optional.of("m"), HeaderLookup.none(), none -> false))
                .isInstanceOf(RouteAnswer.OtherApi.class);
    }

    @Test
    void explainsEachRule() {
        Map<HeaderName, Glob> gold = Map.of(new HeaderName("x-tier"), new Glob("gold"));
        RouteTable table = table(
                route("other", "/v1/messages", "*"),
                route("model", CHAT, "claude*"),
                route("header", CHAT, "*", gold),
                route("wins", CHAT, "gpt*"),
                route("late", CHAT, "*"));

        RouteExplanation explanation = table.explain(CHAT, Optional.of("gpt-4o"), HeaderLookup.none());

        assertThat(explanation.route())
                .hasValueSatisfying(route -> assertThat(route.name()).isEqualTo("wins"));
        assertThat(explanation.rules())
                .extracting(RouteExplanation.Rule::why)
                .containsExactly(
                        "path /v1/chat/completions is not /v1/messages",
                        "model gpt-4o is not claude*",
                        "no header x-tier: gold",
                        "the first that matches",
                        "it would match, but an earlier one does");
        assertThat(explanation.rules())
                .extracting(RouteExplanation.Rule::matches)
                .containsExactly(false, false, false, true, true);
        assertThat(table.explain(CHAT, Optional.empty(), HeaderLookup.none())
                        .rules()
                        .get(1)
                        .why())
                .isEqualTo("a request without a model is not claude*");
    }

    @Test
    void knowsWhoseARequestMayBeBeforeItNamesItsModel() {
        Map<HeaderName, Glob> gold = Map.of(new HeaderName("x-tier"), new Glob("gold"));
        RouteTable table = table(
                route("one", CHAT, "m1"),
                route("gold", CHAT, "*", gold),
                route("two", CHAT, "m2"),
                route("all", CHAT, "*"),
                route("never", CHAT, "m3"),
                route("tier", "/v1/messages", "*", gold));

        assertThat(table.candidates(CHAT, HeaderLookup.none()))
                .extracting(Route::name)
                .containsExactly("one", "two", "all");
        assertThat(table.candidates(CHAT, name -> List.of("gold")))
                .extracting(Route::name)
                .containsExactly("one", "gold");
        assertThat(table.candidates("/v1/messages", HeaderLookup.none())).isEmpty();
        assertThat(table.match("/v1/messages", Optional.of("m"), HeaderLookup.none(), name -> true))
                .isInstanceOf(RouteAnswer.UnknownHeaders.class);
        assertThat(table.candidates("/nowhere", HeaderLookup.none())).isEmpty();
    }

    @Test
    void publishesEveryModelThatIsWritten() {
        RouteConfig listing = new RouteConfig(
                "list",
                match(CHAT, "*", Map.of()),
                List.of(weighted("c", 1)),
                List.of(),
                Optional.empty(),
                List.of("m2", "m1"),
                Optional.empty(),
                Duration.ofSeconds(5),
                StreamConfig.defaults());
        RouteTable table = table(route("exact", CHAT, "m1"), route("glob", CHAT, "x*"), listing);

        assertThat(table.publishedModels()).containsExactly("m1", "m2");
    }

    @Test
    void aRoutesLimiterSurvivesAReloadByName() {
        RouteTable first = table(route("a", CHAT, "*"), route("b", CHAT, "*"));
        StreamPermit living = first.routes().get(0).limiter().tryAcquire().orElseThrow();

        RouteTable prepared = registry.prepare(List.of(route("a", "/v2/*", "*")), Optional.of(1));
        assertThat(first.routes().get(0).limiter().limit()).isEmpty();
        registry.activate(prepared);

        assertThat(registry.current()).isSameAs(prepared);
        assertThat(prepared.routes().getFirst().limiter())
                .isSameAs(first.routes().get(0).limiter());
        assertThat(prepared.routes().getFirst().limiter().inUse()).isEqualTo(1);
        assertThat(prepared.routes().getFirst().limiter().tryAcquire()).isEmpty();
        living.close();
    }

    @Test
    void aRouteThatLeavesAndComesBackStillCountsItsStreams() {
        StreamPermit living = table(route("a", CHAT, "*"))
                .routes()
                .getFirst()
                .limiter()
                .tryAcquire()
                .orElseThrow();

        table(route("b", CHAT, "*"));

        assertThat(table(route("a", CHAT, "*")).routes().getFirst().limiter().inUse())
                .isEqualTo(1);
        living.close();
    }

    private static String name(RouteTable table, String path, String model) {
        return ((Matched) table.match(path, Optional.of(model), HeaderLookup.none(), any -> true))
                .route()
                .name();
    }

    private RouteTable table(RouteConfig... routes) {
        registry.activate(registry.prepare(List.of(routes), Optional.empty()));
        return registry.current();
    }

    private static RouteConfig route(String name, String path, String model) {
        return route(name, path, model, Map.of());
    }

    private static RouteConfig route(String name, String path, String model, Map<HeaderName, Glob> headers) {
        return new RouteConfig(
                name,
                match(path, model, headers),
                List.of(weighted("c", 1)),
                List.of(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Duration.ofSeconds(5),
                StreamConfig.defaults());
    }

    private static RouteConfig route(
            String name, String path, String model, List<WeightedCluster> clusters, List<String> fallback) {
        return new RouteConfig(
                name,
                match(path, model, Map.of()),
                clusters,
                fallback,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Duration.ofSeconds(5),
                StreamConfig.defaults());
    }

    private static MatchConfig match(String path, String model, Map<HeaderName, Glob> headers) {
        return new MatchConfig(List.of(new PathPattern(path)), new Glob(model), headers);
    }

    private static WeightedCluster weighted(String name, int weight) {
        return new WeightedCluster(name, weight);
    }
}
