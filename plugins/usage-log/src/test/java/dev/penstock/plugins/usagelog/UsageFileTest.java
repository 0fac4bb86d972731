// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.usagelog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class UsageFileTest {
    @TempDir
    Path folder;

    @Test
    void appendsToWhatIsThere() throws IOException {
        Files.writeString(path(), "one\n");

        try (UsageFile file = new UsageFile(path(), 10_000, 2)) {
            file.append("two");
        }

        assertThat(path()).hasContent("one\ntwo\n");
    }

    @Test
    void closesALineThatWasLeftHalfWritten() throws IOException {
        Files.writeString(path(), "one\n{\"ha");

        try (UsageFile file = new UsageFile(path(), 10_000, 2)) {
            file.append("two");
        }

        assertThat(path()).hasContent("one\n{\"ha\ntwo\n");
    }

    @Test
    void putsFullFilesAsideAndKeepsSoMany() throws IOException {
        try (UsageFile file = new UsageFile(path(), 10, 2)) {
            for (String line : List.of("aaaaa", "bbbbb", "ccccc", "ddddd")) {
                file.append(line);
            }
        }

        assertThat(path()).hasContent("ddddd\n");
        assertThat(folder.resolve("usage.jsonl.1")).hasContent("ccccc\n");
        assertThat(folder.resolve("usage.jsonl.2")).hasContent("bbbbb\n");
        assertThat(folder.resolve("usage.jsonl.3")).doesNotExist();
    }

    @Test
    void keepsNothingIfSoConfigured() throws IOException {
        try (UsageFile file = new UsageFile(path(), 10, 0)) {
            file.append("aaaaa");
            file.append("bbbbb");
        }

        assertThat(folder).isDirectoryContaining("glob:**usage.jsonl").isDirectoryNotContaining("glob:**.1");
        assertThat(path()).hasContent("bbbbb\n");
    }

    @Test
    void beginsAnewWhenSomebodyMovedTheFile() throws IOException {
        try (UsageFile file = new UsageFile(path(), 10_000, 2)) {
            file.append("one");
            Files.move(path(), folder.resolve("moved"));
            file.append("two");
        }

        assertThat(folder.resolve("moved")).hasContent("one\n");
        assertThat(path()).hasContent("two\n");
    }

    @Test
    void worksAgainAfterBeingClosed() throws IOException {
        UsageFile file = new UsageFile(path(), 10_000, 2);
        file.append("one");
        file.close();
        file.close();
        file.append("two");
        file.close();

        assertThat(path()).hasContent("one\ntwo\n");
    }

    @Test
    void writesOnWhenAThreadWasInterrupted() throws IOException {
        try (UsageFile file = new UsageFile(path(), 10_000, 2)) {
            Thread.currentThread().interrupt();
            file.append("one");
            assertThat(Thread.interrupted()).isTrue();
            file.append("two");
        }

        assertThat(path()).hasContent("one\ntwo\n");
    }

    @Test
    void saysAtTheStartThatThePathIsWrong() {
        UsageFile file = new UsageFile(folder.resolve("no/such/folder/usage.jsonl"), 10_000, 2);

        assertThatThrownBy(file::open).isInstanceOf(IOException.class);
    }

    /** Two writers on one file, as after a reload. */
    @Test
    void neverMixesLinesOfManyStreamsAndTwoGenerations() throws Exception {
        List<String> lines = IntStream.range(0, 2_000)
                .mapToObj(i -> ("" + (char) ('a' + i % 26)).repeat(50 + i % 200) + i)
                .toList();
        try (UsageFile old = new UsageFile(path(), 100_000, 1_000);
                UsageFile now = new UsageFile(path(), 100_000, 1_000);
                ExecutorService streams = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < lines.size(); i++) {
                UsageFile file = i % 2 == 0 ? old : now;
                String line = lines.get(i);
                tasks.add(() -> {
                    file.append(line);
                    return null;
                });
            }
            for (Future<Void> done : streams.invokeAll(tasks)) {
                done.get();
            }
        }

        List<String> written = new ArrayList<>();
        try (var files = Files.list(folder)) {
            for (Path one : files.toList()) {
                written.addAll(Files.readAllLines(one));
            }
        }
        assertThat(written).containsExactlyInAnyOrderElementsOf(lines);
    }

    private Path path() {
        return folder.resolve("usage.jsonl");
    }
}
