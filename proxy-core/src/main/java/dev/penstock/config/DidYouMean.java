// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the word that was probably meant. Immutable. */
final class DidYouMean {
    private static final int FARTHEST = 2;

    private DidYouMean() {}

    /** The nearest known word within two edits, and nearer than a rewrite of the whole word. */
    static Optional<String> nearest(String wrong, Collection<String> known) {
        return known.stream()
                .filter(word -> distance(wrong, word) <= Math.min(FARTHEST, (Math.max(word.length(), 2) - 1) / 2 + 1)
                        && distance(wrong, word) < word.length())
                .min(Comparator.comparingInt((String word) -> distance(wrong, word))
                        .thenComparing(word -> word));
    }

    /** {@code ; did you mean "x"?}, or nothing. */
    static String hint(String wrong, Collection<String> known) {
        return nearest(wrong, known)
                .map(word -> "; did you mean \"" + word + "\"?")
                .orElse("");
    }

    /** Insertions, deletions, substitutions and swaps of neighbours. */
    static int distance(String left, String right) {
        int[][] cost = new int[left.length() + 1][right.length() + 1];
        for (int i = 0; i <= left.length(); i++) {
            for (int j = 0; j <= right.length(); j++) {
                cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(cost, left, right, i, j);
            }
        }
        return cost[left.length()][right.length()];
    }

    private static int cheapest(int[][] cost, String left, String right, int i, int j) {
        int differs = left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1;
        int best = Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + differs);
        boolean swapped = i > 1
                && j > 1
                && left.charAt(i - 1) == right.charAt(j - 2)
                && left.charAt(i - 2) == right.charAt(j - 1);
        return swapped ? Math.min(best, cost[i - 2][j - 2] + 1) : best;
    }
}
