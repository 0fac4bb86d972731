// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the process that runs the tests holds, for tests of what is left behind. Immutable. */
public final class OwnProcess {
    private OwnProcess() {}

    public static long openFiles() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }

    /** Threads, virtual ones too, whose names begin with one of these. The dump from which they come goes into the folder. */
    public static List<String> threads(Path folder, String... prefixes) throws IOException {
        Path dump = folder.resolve("threads-" + System.nanoTime() + ".txt");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
        return Files.readAllLines(dump).stream()
                .filter(line -> Stream.of(prefixes).anyMatch(prefix -> line.contains("\"" + prefix)))
                .toList();
    }
}
