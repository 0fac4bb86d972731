// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.config.ConfigException;
import dev.penstock.config.ConfigProblem;
import dev.penstock.config.ConfigProblems;
import dev.penstock.config.LoadedConfig;
import dev.penstock.launch.PluginCatalog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code penstock check}. Confined to the main thread. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        description = "Say everything that is wrong with a configuration; exit 0 if it can be used, 78 if not.")
final class CheckCommand implements Callable<Integer>, Configured {

    @Mixin
    private final ConfigInput input = new ConfigInput();

    @Option(names = "--format", paramLabel = "FORMAT", description = "text or json.")
    private OutputFormat format = OutputFormat.TEXT;

    private final Shell shell;

    CheckCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public ConfigInput input() {
        return input;
    }

    @Override
    public Integer call() {
        List<ConfigProblem> problems = problems();
        boolean usable = problems.stream().noneMatch(problem -> problem.severity() == ConfigProblem.Severity.ERROR);
        switch (format) {
            case JSON -> shell.print(Json.text(Map.of("ok", usable, "problems", json(problems))));
            case TEXT -> printText(problems, usable);
        }
        return usable ? ExitCode.OK : ExitCode.CONFIG;
    }

    private List<ConfigProblem> problems() {
        try {
            LoadedConfig loaded = input.load(shell.environment());
            List<ConfigProblem> all = new ArrayList<>(loaded.warnings());
            ConfigProblems plugins = new ConfigProblems();
            new PluginCatalog(ServedProxy.home()).check(loaded.config().plugins(), plugins);
            all.addAll(plugins.errors());
            all.addAll(plugins.warnings());
            return all;
        } catch (ConfigException refused) {
            return refused.problems();
        }
    }

    private void printText(List<ConfigProblem> problems, boolean usable) {
        problems.forEach(problem -> shell.print(severity(problem) + ": " + problem.render()));
        if (usable) {
            shell.print(input.file(shell.environment()) + ": ok");
        }
    }

    private static List<Map<String, Object>> json(List<ConfigProblem> problems) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (ConfigProblem problem : problems) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("severity", severity(problem));
            one.put("origin", problem.origin().toString());
            one.put("line", problem.line());
            one.put("column", problem.column());
            one.put("path", problem.path());
            one.put("message", problem.message());
            list.add(one);
        }
        return list;
    }

    private static String severity(ConfigProblem problem) {
        return problem.severity().name().toLowerCase(Locale.ROOT);
    }
}
