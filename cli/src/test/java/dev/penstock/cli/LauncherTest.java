// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.cli.LauncherBench.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
final class LauncherTest {

    private LauncherBench bench;

    @BeforeEach
    void prepare(@TempDir Path folder) throws IOException {
        bench = new LauncherBench(folder);
    }

    @Test
    void prefersItsOwnVariable() throws Exception {
        bench.environment.put("PENSTOCK_JAVA_HOME", bench.jre("own", "25.0.1").toString());
        bench.environment.put("JAVA_HOME", bench.jre("home", "25").toString());

        assertThat(bench.run(bench.release(), "version").out()).startsWith("java of " + bench.folder + "/own\n");
    }

    @Test
    void refusesItsOwnVariableIfThatIsTooOld() throws Exception {
        bench.environment.put("PENSTOCK_JAVA_HOME", bench.jre("own", "21.0.2").toString());
        bench.jre("jvms/new", "25");

        Outcome outcome = bench.run(bench.release());

        assertThat(outcome.exitCode()).isEqualTo(69);
        assertThat(outcome.err())
                .isEqualTo("penstock: PENSTOCK_JAVA_HOME must name a JDK 25 or newer, and " + bench.folder
                        + "/own holds 21\n");
    }

    @Test
    void takesJavaHomeBeforeTheBundledRuntime() throws Exception {
        bench.environment.put("JAVA_HOME", bench.jre("home", "26-ea").toString());
        Path launcher = bench.release();
        bench.jre("penstock-1/runtime", "25");

        assertThat(bench.run(launcher).out()).startsWith("java of " + bench.folder + "/home\n");
    }

    @Test
    void skipsAnOldJavaHomeForTheBundledRuntime() throws Exception {
        bench.environment.put("JAVA_HOME", bench.jre("home", "17.0.9").toString());
        Path launcher = bench.release();
        bench.jre("penstock-1/runtime", "25");

        assertThat(bench.run(launcher).out()).startsWith("java of " + bench.folder + "/penstock-1/runtime\n");
    }

    @Test
    void takesJavaOnThePathThroughItsLinks() throws Exception {
        bench.onPath(bench.jre("somewhere/else", "25.0.3"));
        bench.jre("jvms/a", "25");

        assertThat(bench.run(bench.release()).out()).startsWith("java of " + bench.folder + "/somewhere/else\n");
    }

    @Test
    void searchesFoldersForTheOldestThatWillDo() throws Exception {
        bench.onPath(bench.jre("old", "1.8.0_402"));
        bench.jre("jvms/a", "21");
        bench.jre("jvms/b", "27");
        bench.jre("jvms/c.jdk/Contents/Home", "25.0.1");

        assertThat(bench.run(bench.release()).out())
                .startsWith("java of " + bench.folder + "/jvms/c.jdk/Contents/Home\n");
    }

    @Test
    void asksAJvmThatHasNoReleaseFile() throws Exception {
        Files.delete(bench.jre("jvms/a", "25.0.1").resolve("release"));

        assertThat(bench.run(bench.release()).out()).startsWith("java of " + bench.folder + "/jvms/a\n");
    }

    @Test
    void saysInOneLineWhatWasFoundAndWhatIsNeeded() throws Exception {
        bench.onPath(bench.jre("old", "1.8.0_402"));
        bench.jre("jvms/a", "21.0.1");

        Outcome outcome = bench.run(bench.release(), "run");

        assertThat(outcome.exitCode()).isEqualTo(69);
        assertThat(outcome.err())
                .isEqualTo("penstock: needs a JDK 25 or newer, found 8 in %1$s/old, 21 in %1$s/jvms/a; "
                                .formatted(bench.folder)
                        + "install one or set PENSTOCK_JAVA_HOME\n");
    }

    @Test
    void startsThroughALinkToItself() throws Exception {
        bench.jre("jvms/a", "25");
        Path link = Files.createSymbolicLink(bench.folder.resolve("link"), bench.release());
        Path linkToLink = Files.createSymbolicLink(bench.folder.resolve("again"), link.getFileName());

        assertThat(bench.run(linkToLink).out()).contains("-Dpenstock.home=" + bench.folder + "/penstock-1\n");
    }

    @Test
    void handsArgumentsOnUnchanged() throws Exception {
        bench.jre("jvms/a", "25");

        assertThat(bench.run(bench.release(), "run", "a b", "*", "", "$HOME").out())
                .endsWith("\ndev.penstock.cli.Main\nrun\na b\n*\n\n$HOME\n");
    }

    @Test
    void ordersOptionsSoThatTheUsersWin() throws Exception {
        bench.jre("jvms/a", "25");
        Path launcher = bench.release();
        Files.createDirectories(launcher.resolve("../../conf").normalize());
        Path options = launcher.resolve("../../conf/jvm.options").normalize();
        Files.writeString(options, "-Xmx1g\n");
        bench.environment.put("JAVA_OPTS", "-Da=1 -Db=*");
        bench.environment.put("PENSTOCK_JVM_OPTS", "-Dc=1");

        assertThat(bench.run(launcher, "run").out().lines())
                .containsSubsequence(
                        "-XX:+ExitOnOutOfMemoryError", "-XX:+UseG1GC", "@" + options, "-Da=1", "-Db=*", "-Dc=1", "-cp");
    }

    @Test
    void leavesTheChoiceOfACollectorToTheUser() throws Exception {
        bench.jre("jvms/a", "25");
        bench.environment.put("PENSTOCK_JVM_OPTS", "-XX:+UseZGC");

        assertThat(bench.run(bench.release(), "run").out()).contains("UseZGC").doesNotContain("UseG1GC");
    }

    @Test
    void showsTheCommandLineWhenAsked() throws Exception {
        bench.jre("jvms/a", "25");

        Outcome outcome = bench.run(bench.release(), "-v", "check");

        assertThat(outcome.err())
                .contains("/jvms/a/bin/java ", "-XX:+UseSerialGC")
                .hasLineCount(1);
    }

    @Test
    void passesTheExitCodeOn() throws Exception {
        Path home = bench.jre("jvms/a", "25");
        Files.writeString(home.resolve("bin/java"), "#!/bin/sh\nexit 78\n");

        assertThat(bench.run(bench.release()).exitCode()).isEqualTo(78);
    }

    @Test
    void buildsACheckoutOnceAndSaysSo() throws Exception {
        Path launcher = bench.checkout();
        bench.jdk("jvms/a", "25");

        Outcome first = bench.run(launcher, "version");
        Outcome second = bench.run(launcher, "version");

        assertThat(first.out()).contains("-Dpenstock.home=" + bench.folder + "/checkout/cli/target/launcher/current/");
        assertThat(first.err()).contains("penstock: building from source", "penstock:   Penstock: core 1 [1/2]");
        assertThat(second.out()).isEqualTo(first.out());
        assertThat(second.err()).isEmpty();
        assertThat(bench.mavenCalls()).isEqualTo(1);
    }

    @Test
    void buildsWithAJdkThatCanCompile() throws Exception {
        Path launcher = bench.checkout();
        bench.jre("jvms/a", "25");
        bench.jdk("jvms/b", "26");

        assertThat(bench.run(launcher).out()).startsWith("java of " + bench.folder + "/jvms/b\n");
    }

    @Test
    void buildsAgainWhenASourceIsNewer() throws Exception {
        Path launcher = bench.checkout();
        bench.jdk("jvms/a", "25");
        bench.run(launcher);
        Path source = Files.writeString(bench.folder.resolve("checkout/proxy-core/src/main/A.java"), "class A {}");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(5)));

        bench.run(launcher);

        assertThat(bench.mavenCalls()).isEqualTo(2);
    }

    @Test
    void usesWhatMavenBuiltWithoutIt() throws Exception {
        Path launcher = bench.checkout();
        bench.jdk("jvms/a", "25");
        bench.run(launcher);
        Path archive = bench.folder.resolve("checkout/cli/target/penstock-1.tar.gz");
        Files.setLastModifiedTime(archive, FileTime.from(Instant.now().plusSeconds(5)));

        Outcome outcome = bench.run(launcher);

        assertThat(outcome.exitCode()).isZero();
        assertThat(bench.mavenCalls()).isEqualTo(1);
    }

    @Test
    void buildsOnceForTwoStartsAtATime() throws Exception {
        Path launcher = bench.checkout();
        bench.jdk("jvms/a", "25");

        Process first = bench.start(launcher, "version");
        Process second = bench.start(launcher, "version");

        assertThat(bench.finish(first).out()).contains("dev.penstock.cli.Main");
        assertThat(bench.finish(second).out()).contains("dev.penstock.cli.Main");
        assertThat(bench.mavenCalls()).isEqualTo(1);
    }

    @Test
    void ignoresTheLockOfADeadProcess() throws Exception {
        Path launcher = bench.checkout();
        bench.jdk("jvms/a", "25");
        Process gone = new ProcessBuilder("true").start();
        assertThat(gone.waitFor()).isZero();
        Path folder = Files.createDirectories(bench.folder.resolve("checkout/cli/target/launcher"));
        Files.createSymbolicLink(folder.resolve("lock"), Path.of("" + gone.pid()));

        assertThat(bench.run(launcher).exitCode()).isZero();
        assertThat(bench.mavenCalls()).isEqualTo(1);
    }

    @Test
    void saysThatMavenIsMissing() throws Exception {
        Path launcher = bench.checkout();
        bench.jdk("jvms/a", "25");
        Files.delete(bench.folder.resolve("tools/mvn"));

        Outcome outcome = bench.run(launcher);

        assertThat(outcome.exitCode()).isEqualTo(69);
        assertThat(outcome.err()).contains("needs Maven (mvn) 3.8.6 or newer").hasLineCount(1);
    }

    @Test
    void showsWhyABuildFailedAndTriesAgainNextTime() throws Exception {
        Path launcher = bench.checkout();
        bench.jdk("jvms/a", "25");
        bench.maven("exit 1");

        Outcome outcome = bench.run(launcher);
        bench.run(launcher);

        assertThat(outcome.exitCode()).isEqualTo(70);
        assertThat(outcome.err()).contains("[ERROR] something is wrong", "the build failed; its log is ");
        assertThat(bench.mavenCalls()).isEqualTo(2);
    }
}
