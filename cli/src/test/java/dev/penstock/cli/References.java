// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import dev.penstock.cli.log.LogOutput;
import dev.penstock.config.ConfigReference;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Map;
import java.util.function.IntConsumer;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** The reference pages, made from the commands and from the configuration's own records. Immutable. */
final class References {

    private static final int COLUMNS = 100;

    private static final String COMMANDS = """
        # Command line

        Made from the commands themselves; `DocumentsTest` fails when this page is stale and says how to make it anew.

        Data goes to standard output, talk to standard error. A failure is one line that says what, where, and what to do; `-v` adds
        the stack trace. There is no colour unless standard output is a terminal and `NO_COLOR` is not set, or `--color=always` says so.

        | Exit code | Meaning |
        |---|---|
        | 0 | done; of `run`, `demo` and `mock`: stopped and drained |
        | 1 | something unexpected, such as a demonstration whose stream did not complete |
        | 2 | the command line cannot be understood |
        | 69 | something is not available: an address that is taken, a file that cannot be written, a JDK or Maven that is missing |
        | 70 | a bug of ours, or a build from source that failed |
        | 78 | the configuration cannot be used |
        | 130 | a second Ctrl-C (143: a second SIGTERM) ended the process before it was drained |

        A value is taken from its flag, else from its environment variable, else from the file, else it is the default.
        `penstock print-config` shows which of them it was.

        ## The launcher

        `bin/penstock` is a POSIX shell script, the same in a source checkout and in a release. In a checkout it builds on first use,
        and again when a source is newer than the build. It looks for a JDK 25 or newer in this order: `PENSTOCK_JAVA_HOME`, `JAVA_HOME`,
        the bundled `runtime/`, `java` on the `PATH`, the usual folders (`/usr/lib/jvm`, SDKMAN, `/Library/Java`, `/opt` and so on).

        | Variable | Meaning |
        |---|---|
        | `PENSTOCK_JAVA_HOME` | the JDK to use, whatever else is installed |
        | `PENSTOCK_JVM_FOLDERS` | colon-separated folders that hold JDKs, instead of the usual ones |
        | `PENSTOCK_JVM_OPTS`, `JAVA_OPTS` | more options for the JVM; lasting ones belong into `conf/jvm.options` |
        | `PENSTOCK_CONFIG` | the configuration of `run`, `check` and `print-config` when none is named |

        """;

    private static final String CONFIGURATION = """
        # Configuration

        Made from the records that the configuration is bound to; `DocumentsTest` fails when this page is stale and says how to make it
        anew. `penstock schema` prints the same as a JSON Schema for editors, `penstock check FILE` says everything that is wrong with a
        file, and `penstock print-config FILE` shows every value in force with its origin.

        One YAML file, and this is a whole one:

        ```yaml
        clusters:
          - name: local
            instances:
              - url: http://127.0.0.1:9000
        routes:
          - name: everything
            cluster: local
        ```

        - Unknown keys are errors. Numbers with a meaning have a unit: `30s`, `500ms`, `64KiB`. What can be left out says `off`.
        - A value may take text from the environment or from a file: `${NAME}`, `${NAME:-default}`, `${NAME:?message}`, `${file:path}`;
          `$$` is a dollar. That happens to values after parsing, so what is in a variable can never become YAML.
        - Flags and environment variables of `penstock run` lie over the file: see the [command line](cli.md).

        """;

    /** A process that gets no signals. Immutable. */
    private record NoSignals() implements Signals {
        @Override
        public void onStop(IntConsumer handler) {}

        @Override
        public void onReload(Runnable handler) {}
    }

    private References() {}

    static String commands() {
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        LogOutput noLog = new LogOutput(OutputStream.nullOutputStream(), false);
        CommandLine tree = CommandTree.of(
                new Shell(Map.of(), prompt -> "", nowhere, nowhere, noLog, noLog, new NoSignals(), exitCode -> {}));
        StringBuilder page = new StringBuilder(COMMANDS);
        sections(page, "penstock", tree);
        return page.toString();
    }

    private static void sections(StringBuilder page, String title, CommandLine command) {
        section(page, title, command);
        command.getSubcommands().forEach((name, below) -> sections(page, title + " " + name, below));
    }

    private static void section(StringBuilder page, String title, CommandLine command) {
        command.setUsageHelpAutoWidth(false).setUsageHelpWidth(COLUMNS);
        String usage = command.getUsageMessage(Ansi.OFF)
                .lines()
                .map(String::stripTrailing)
                .reduce("", (text, line) -> text + line + "\n");
        page.append("## ").append(title).append("\n\n```text\n").append(usage).append("```\n\n");
    }

    static String configuration() {
        return CONFIGURATION + ConfigReference.markdown();
    }
}
