// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.plugins.parts.SearchTimeoutException;
import dev.penstock.plugins.parts.TextSearch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PhraseWatchTest {
    private static final TextSearch PATIENT = new TextSearch(Duration.ofHours(1));

    @Test
    void findsAPhraseWhereverItIsCutInTwo() throws SearchTimeoutException {
        String text = "it is the top secret plan of all";
        for (int cut = 0; cut <= text.length(); cut++) {
            assertThat(said(watch("top secret"), text.substring(0, cut), text.substring(cut)))
                    .as("cut at %s", cut)
                    .contains("p0");
        }
    }

    @Test
    void findsAPhraseThatIsCutInsideACharacter() throws SearchTimeoutException {
        String text = "the ab\ud83d\ude00cd";
        for (int cut = 0; cut <= text.length(); cut++) {
            assertThat(said(watch("ab\ud83d\ude00cd"), text.substring(0, cut), text.substring(cut)))
                    .as("cut at %s", cut)
                    .contains("p0");
        }
    }

    @Test
    void aHalfCharacterAtTheEndIsTextToo() throws SearchTimeoutException {
        PhraseWatch watch = watch("nothing");

        assertThat(watch.add("ab\ud83d")).isEmpty();
        assertThat(watch.length()).isEqualTo(3);
        assertThat(watch.clear()).isEqualTo(2);
        assertThat(watch.atEnd()).isEmpty();
        assertThat(watch.length()).isEqualTo(3);
    }

    @Test
    void findsAPhraseWhereverItIsCutInThree() throws SearchTimeoutException {
        String text = "a top secret b";
        for (int first = 0; first <= text.length(); first++) {
            for (int second = first; second <= text.length(); second++) {
                assertThat(said(
                                watch("\\btop\\s+secret\\b"),
                                text.substring(0, first),
                                text.substring(first, second),
                                text.substring(second)))
                        .as("cuts at %s and %s", first, second)
                        .contains("p0");
            }
        }
    }

    @Test
    void neverClearsAnyPartOfWhatItFindsLater() throws SearchTimeoutException {
        String text = "the card is 4111 1111 1111 1111, keep it";
        PhraseWatch watch = watch("(\\d{4} ){3}\\d{4}");
        long clear = 0;
        for (int at = 0; at < text.length(); at++) {
            if (watch.add(text.substring(at, at + 1)).isPresent()) {
                break;
            }
            clear = watch.clear();
        }
        assertThat(clear).isEqualTo(text.indexOf("4111"));
    }

    @Test
    void letsOrdinaryTextGoAtOnce() throws SearchTimeoutException {
        PhraseWatch watch = watch("top secret", "classified");

        assertThat(watch.add("Nothing to see here")).isEmpty();
        assertThat(watch.clear()).isEqualTo(watch.length());

        assertThat(watch.add(", to")).isEmpty();
        assertThat(watch.clear()).isEqualTo(watch.length() - 2);

        assertThat(watch.add("day.")).isEmpty();
        assertThat(watch.clear()).isEqualTo(watch.length());
    }

    @Test
    void waitsForTheEndOfAWordBeforeItIsSure() throws SearchTimeoutException {
        PhraseWatch watch = watch("secret\\b");

        assertThat(watch.add("the secret")).isEmpty();
        assertThat(watch.clear()).isEqualTo(4);
        assertThat(watch.add("ary")).isEmpty();
        assertThat(watch.clear()).isEqualTo(watch.length());

        assertThat(watch.add(" told a secret")).isEmpty();
        assertThat(watch.atEnd()).contains("p0");
    }

    @Test
    void looksBehind() throws SearchTimeoutException {
        assertThat(said(watch("(?<!not )allowed"), "it is not ", "allowed")).isEmpty();
        assertThat(said(watch("(?<!not )allowed"), "it is now ", "allowed")).contains("p0");
    }

    @Test
    void boundsWhatAHungryPatternCanHoldBack() throws SearchTimeoutException {
        PhraseWatch watch = watch("a.*z");
        for (int i = 0; i < 500; i++) {
            assertThat(watch.add("a lot of words ")).isEmpty();
        }
        assertThat(watch.length() - watch.clear()).isLessThanOrEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "ab+c", "a[bc]{2}a", "\\bab\\b", "(ab|ba)c", "c$", "a(?=bc)", "(?<=ab)c"})
    void agreesWithASearchOfTheWholeTextHoweverItIsCut(String pattern) throws SearchTimeoutException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            String text = random.ints(12, 0, 4)
                    .mapToObj(c -> "abc ".substring(c, c + 1))
                    .reduce("", String::concat);
            boolean expected = Pattern.compile(pattern).matcher(text).find();
            assertThat(said(watch(pattern), cut(text, random)).isPresent())
                    .as("seed %s, text \"%s\"", seed, text)
                    .isEqualTo(expected);
        }
    }

    private static String[] cut(String text, Random random) {
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int end = Math.min(text.length(), at + 1 + random.nextInt(4));
            pieces.add(text.substring(at, end));
            at = end;
        }
        return pieces.toArray(String[]::new);
    }

    private static PhraseWatch watch(String... patterns) {
        List<Phrase> phrases = new ArrayList<>();
        Stream.of(patterns)
                .forEach(pattern -> phrases.add(new Phrase("p" + phrases.size(), Pattern.compile(pattern), PATIENT)));
        return new PhraseWatch(phrases, 100);
    }

    private static Optional<String> said(PhraseWatch watch, String... pieces) throws SearchTimeoutException {
        for (String piece : pieces) {
            Optional<String> hit = watch.add(piece);
            if (hit.isPresent()) {
                return hit;
            }
        }
        return watch.atEnd();
    }
}
