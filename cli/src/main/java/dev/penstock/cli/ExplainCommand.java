// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.launch.Explanation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code penstock explain}. Confined to the main thread. */
@Command(
        name = "explain",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        description = {
            "Say where a request would go, and why: route, clusters, instances.",
            "Exit 0 if a route takes it, 1 if none does."
        },
        footer = {"", "  penstock explain penstock.yaml --model gpt-x --header 'x-team: blue'"})
final class ExplainCommand implements Callable<Integer>, Configured {

    @Mixin
    private final ConfigInput input = new ConfigInput();

    @Option(names = "--path", paramLabel = "PATH", description = "The request's path; default: ${DEFAULT-VALUE}.")
    private String path = "/v1/chat/completions";

    @Option(names = "--model", paramLabel = "MODEL", description = "The model it asks for.")
    private Optional<String> model = Optional.empty();

    @Option(names = "--header", paramLabel = "NAME:VALUE", description = "A header it has; may be given again.")
    private List<String> headers = new ArrayList<>();

    @Option(names = "--format", paramLabel = "FORMAT", description = "text or json.")
    private OutputFormat format = OutputFormat.TEXT;

    private final Shell shell;

    ExplainCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public ConfigInput input() {
        return input;
    }

    @Override
    public Integer call() {
        Map<String, List<String>> given = headers();
        Explanation explanation = Explanation.of(
                input.load(shell.environment()).config(),
                withoutQuery(path),
                model,
                name -> given.getOrDefault(name, List.of()));
        switch (format) {
            case JSON -> shell.print(Json.text(json(explanation)));
            case TEXT -> text(explanation);
        }
        return explanation.route().isPresent() ? ExitCode.OK : ExitCode.UNEXPECTED;
    }

    private static String withoutQuery(String path) {
        int query = path.indexOf('?');
        return query < 0 ? path : path.substring(0, query);
    }

    private Map<String, List<String>> headers() {
        Map<String, List<String>> given = new LinkedHashMap<>();
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw new Failure(ExitCode.USAGE, "--header " + header + ": write NAME:VALUE");
            }
            given.computeIfAbsent(header.substring(0, colon).strip().toLowerCase(Locale.ROOT), n -> new ArrayList<>())
                    .add(header.substring(colon + 1).strip());
        }
        return given;
    }

    private void text(Explanation explanation) {
        explanation
                .rules()
                .forEach(rule ->
                        shell.print("route " + rule.route() + ": " + (rule.matches() ? "yes, " : "no, ") + rule.why()));
        if (explanation.route().isEmpty()) {
            shell.print("no route takes it: 404");
        }
        for (Explanation.Target cluster : explanation.clusters()) {
            shell.print("cluster " + cluster.cluster() + " (" + cluster.balancer() + "): " + cluster.why());
            for (Explanation.Member instance : cluster.instances()) {
                String as = instance.model().map(name -> ", as model " + name).orElse("");
                shell.print("  instance " + instance.name() + " " + instance.url() + as + ": " + instance.why());
            }
        }
    }

    private static Map<String, Object> json(Explanation explanation) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("route", explanation.route().orElse(""));
        document.put(
                "rules",
                explanation.rules().stream()
                        .map(rule -> Map.of("route", rule.route(), "matches", rule.matches(), "why", rule.why()))
                        .toList());
        document.put(
                "clusters",
                explanation.clusters().stream().map(ExplainCommand::json).toList());
        return document;
    }

    private static Map<String, Object> json(Explanation.Target cluster) {
        List<Map<String, Object>> instances = new ArrayList<>();
        for (Explanation.Member instance : cluster.instances()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", instance.name());
            one.put("url", instance.url());
            instance.model().ifPresent(model -> one.put("model", model));
            one.put("why", instance.why());
            instances.add(one);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("cluster", cluster.cluster());
        document.put("why", cluster.why());
        document.put("balancer", cluster.balancer());
        document.put("instances", instances);
        return document;
    }
}
