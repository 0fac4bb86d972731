// SPDX-License-Identifier: Apache-2.0
package dev.penstock.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import dev.penstock.launch.ProxyServer;
import dev.penstock.spi.PluginFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The house: which room may know which, and what no room may do. */
class ArchitectureTest {
    private static final String ROOT = "dev.penstock.";

    /** What every room may use. They know nothing of ours themselves. */
    private static final List<String> FIXTURES = List.of("config", "dialect", "metrics");

    /** Room by room: what it may use beside the fixtures. The composition root may use everything and is not listed. */
    private static final Map<String, List<String>> ROOMS = Map.ofEntries(
            Map.entry("server", List.of("exchange", "relay", "transport")),
            Map.entry("exchange", List.of("routing", "plugin", "admission", "cluster", "upstream", "relay", "spi")),
            Map.entry("routing", List.of("admission")), // a route owns a limiter, as an instance does
            Map.entry("plugin", List.of("spi")),
            Map.entry("admission", List.of()),
            Map.entry("cluster", List.of("admission")),
            Map.entry("upstream", List.of("transport")),
            Map.entry("relay", List.of()),
            Map.entry("transport", List.of()),
            Map.entry("config", List.of()),
            Map.entry("dialect", List.of()),
            Map.entry("metrics", List.of()));

    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern BANNED_NAME =
            Pattern.compile(".*(Manager|Helper|Util|Utils|Impl|Base|Data|Common|Misc)");
    private static final Pattern CONCURRENCY =
            Pattern.compile("Confined to|Immutable\\b|Thread-safe:|Guarded by [^:]+:");
    private static final Pattern TOP_LEVEL = Pattern.compile(
            "^(?:public |abstract |final |sealed |non-sealed )*(class|record|enum|interface|@interface) (\\w+)",
            Pattern.MULTILINE);

    private static final JavaClasses CORE = new ClassFileImporter()
            .importLocations(Stream.of(ProxyServer.class, PluginFactory.class)
                    .map(ArchitectureTest::origin)
                    .collect(Collectors.toSet()));

    /** Where a type was loaded from: the product's classes without their tests. */
    private static Location origin(Class<?> type) {
        return Location.of(type.getProtectionDomain().getCodeSource().getLocation());
    }

    static List<String> rooms() {
        return List.copyOf(ROOMS.keySet());
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void aRoomKnowsOnlyTheRoomsThatItMay(String room) {
        List<String> may = new ArrayList<>(ROOMS.get(room));
        may.add(room);
        if (!FIXTURES.contains(room)) {
            may.addAll(FIXTURES);
        }
        String[] allowed = may.stream().map(ArchitectureTest::packages).toArray(String[]::new);
        ArchRule rule = noClasses()
                .that()
                .resideInAPackage(packages(room))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.penstock..").and(not(resideInAnyPackage(allowed))));
        rule.check(CORE);
    }

    @Test
    void everyRoomIsOnThePlan() {
        List<String> planned = new ArrayList<>(ROOMS.keySet());
        planned.add("launch");
        planned.add("spi");
        assertThat(CORE.stream()
                        .map(type -> type.getPackageName().substring(ROOT.length()))
                        .distinct())
                .allSatisfy(room -> assertThat(planned).contains(room));
    }

    @Test
    void roomsFormNoCycle() {
        slices().matching("dev.penstock.(*)..").should().beFreeOfCycles().check(CORE);
    }

    @Test
    void theServerKnowsOfTheRelayOnlyItsPort() {
        noClasses()
                .that()
                .resideInAPackage(packages("server"))
                .should()
                .dependOnClassesThat(resideInAPackage(packages("relay"))
                        .and(not(describe(
                                "the sink and its failure",
                                type -> type.getSimpleName().equals("ClientSink")
                                        || type.getSimpleName().equals("ClientGoneException")))))
                .check(CORE);
    }

    @Test
    void onlyThreeRoomsKnowJetty() {
        only("org.eclipse.jetty..", "server", "upstream", "transport");
    }

    @Test
    void onlyTwoRoomsReadJsonAndYaml() {
        only("com.fasterxml.jackson..", "config", "dialect");
        only("org.yaml.snakeyaml..", "config");
    }

    @Test
    void onlyOneRoomKnowsPrometheus() {
        only("io.prometheus..", "metrics");
    }

    @Test
    void nobodyHereKnowsTheCommandLine() {
        only("picocli..");
        only("ch.qos.logback..");
    }

    private static void only(String library, String... rooms) {
        String[] packages = Stream.of(rooms).map(ArchitectureTest::packages).toArray(String[]::new);
        noClasses()
                .that(resideInAPackage("dev.penstock..").and(not(resideInAnyPackage(packages))))
                .should()
                .dependOnClassesThat(resideInAPackage(library))
                .check(CORE);
    }

    @ParameterizedTest
    @ValueSource(classes = {ThreadLocal.class, InheritableThreadLocal.class, Timer.class, TimerTask.class})
    void nobodyKeepsStateByThreadOrTimer(Class<?> banned) {
        noClasses().should().dependOnClassesThat().areAssignableTo(banned).check(CORE);
    }

    @Test
    void nobodyEndsTheProcessOrTalksToTheTerminal() {
        noClasses()
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .orShould()
                .callMethod(Runtime.class, "addShutdownHook", Thread.class)
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(Throwable.class, "printStackTrace")
                .check(CORE);
    }

    @Test
    void theContractWithPluginsDependsOnTheJdkAlone() {
        classes()
                .that()
                .resideInAPackage("dev.penstock.spi..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.penstock.spi..", "java..")
                .check(CORE);
    }

    @Test
    void namesSayWhatTheyMean() {
        assertThat(CORE.stream()
                        .map(type -> type.getSimpleName())
                        .filter(name -> BANNED_NAME.matcher(name).matches()))
                .isEmpty();
        assertThat(CORE.stream().map(type -> type.getPackageName()).filter(name -> name.matches(".*\\.utils?(\\..*)?")))
                .isEmpty();
    }

    /** A fact about the source, not the bytecode: each top-level type says how threads may use it. */
    @Test
    void everyClassSaysHowThreadsMayUseIt() {
        List<String> silent = new ArrayList<>();
        for (Path source : sources()) {
            String text = read(source);
            var type = TOP_LEVEL.matcher(text);
            boolean found = type.find();
            assertThat(found).as(source + " declares a type").isTrue();
            boolean isExempt =
                    type.group(1).equals("interface") || type.group(1).equals("@interface");
            if (!isExempt
                    && !CONCURRENCY.matcher(text.substring(0, type.start())).find()) {
                silent.add(SOURCES.relativize(source).toString());
            }
        }
        assertThat(silent).isEmpty();
    }

    private static List<Path> sources() {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String packages(String room) {
        return ROOT + room + "..";
    }
}
