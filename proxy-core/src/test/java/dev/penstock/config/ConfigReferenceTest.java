// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigReferenceTest {
    private final String markdown = ConfigReference.markdown();

    @Test
    void hasAChapterForEveryTopLevelKey() {
        assertThat(markdown.lines().filter(line -> line.startsWith("## ")).toList())
                .isEqualTo(List.of(
                        "## `listen`",
                        "## `admin`",
                        "## `worker`",
                        "## `consumer`",
                        "## `trusted_proxies`",
                        "## `stream`",
                        "## `drain`",
                        "## `reload`",
                        "## `clusters`",
                        "## `routes`",
                        "## `plugins`",
                        "## `log`"));
    }

    @Test
    void saysTypeDefaultMeaningAndExample() {
        assertThat(markdown.lines())
                .contains(
                        "| `worker.queue.max_wait` | duration | `5s` | How long a request may wait on a route that has"
                                + " no max_wait of its own. |  |",
                        "| `listen.max_connections` | whole number, or `off` | `off` | Connections open at once; more"
                                + " wait in the kernel's queue. | `20000` |",
                        "| `clusters[].instances[].url` | URL | required | Scheme, host and port; a path is put before"
                                + " the path of every request. | `http://127.0.0.1:8000` |",
                        "| `log.format` | `auto`, `json` or `human` | `auto` | auto is human on a terminal and json"
                                + " elsewhere. |  |",
                        "| `stream.on_client_abort.drain.bytes` | size | `1MiB` | Most bytes to read on. |  |");
    }

    @Test
    void describesTheStreamSectionOnce() {
        assertThat(markdown).contains("`routes[].stream`").doesNotContain("`routes[].stream.");
    }

    @Test
    void keepsEveryRowInFiveCells() {
        assertThat(markdown.lines().filter(line -> line.startsWith("|")))
                .allSatisfy(line -> assertThat(line.replace("\\|", "")
                                .chars()
                                .filter(c -> c == '|')
                                .count())
                        .as(line)
                        .isEqualTo(6));
    }
}
