// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.promptguard;

import static java.util.Objects.requireNonNullElse;

import dev.penstock.plugins.parts.Prompt.Role;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The plugin's section. Immutable.
 *
 * @param deny regular expressions by name; what one is found in is refused
 * @param allow regular expressions by name; if there are any, at least one must be found in each message that is looked at
 * @param roles whose messages are looked at; everybody's if absent
 * @param ignoreCase whether letters match in both cases
 * @param message what a refused client is told
 * @param maxChars how much text a request may hold, all messages together
 * @param maxMessages how many messages a request may have
 * @param maxBody how many bytes a body may have that is read at all
 * @param patternTime how long one pattern may be searched for
 * @param totalTime how long all patterns together may take; keep it below the hook's time
 * @param tokenIds what becomes of prompts in token ids, which nobody here can read
 * @param unreadable what becomes of a body that is not JSON
 * @param onTimeout what becomes of a request on which a pattern takes too long
 */
public record PromptGuardConfig(
        Map<String, String> deny,
        Map<String, String> allow,
        List<Role> roles,
        Boolean ignoreCase,
        String message,
        Long maxChars,
        Integer maxMessages,
        Long maxBody,
        Duration patternTime,
        Duration totalTime,
        Verdict tokenIds,
        Verdict unreadable,
        Verdict onTimeout) {

    /** What becomes of what cannot be looked at. */
    public enum Verdict {
        REFUSE,
        PASS
    }

    public PromptGuardConfig {
        ignoreCase = requireNonNullElse(ignoreCase, true);
        deny = Map.copyOf(requireNonNullElse(deny, Map.of()));
        allow = Map.copyOf(requireNonNullElse(allow, Map.of()));
        deny.forEach((name, pattern) -> check("deny", name, pattern));
        allow.forEach((name, pattern) -> check("allow", name, pattern));
        roles = List.copyOf(requireNonNullElse(roles, List.of(Role.values())));
        message = requireNonNullElse(message, "This prompt is not allowed here.");
        maxChars = positive("max_chars", requireNonNullElse(maxChars, 1_000_000L));
        maxMessages = (int) positive("max_messages", (long) requireNonNullElse(maxMessages, 1_000));
        maxBody = positive("max_body", requireNonNullElse(maxBody, 16L << 20));
        patternTime = positive("pattern_time", requireNonNullElse(patternTime, Duration.ofMillis(50)));
        totalTime = positive("total_time", requireNonNullElse(totalTime, Duration.ofMillis(500)));
        tokenIds = requireNonNullElse(tokenIds, Verdict.REFUSE);
        unreadable = requireNonNullElse(unreadable, Verdict.REFUSE);
        onTimeout = requireNonNullElse(onTimeout, Verdict.REFUSE);
    }

    Set<Role> watched() {
        return roles.isEmpty() ? Set.of() : EnumSet.copyOf(roles);
    }

    Pattern compile(String pattern) {
        int flags = Pattern.UNICODE_CASE;
        return Pattern.compile(pattern, ignoreCase ? flags | Pattern.CASE_INSENSITIVE : flags);
    }

    private static void check(String key, String name, String pattern) {
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    key + ": " + name + " is no regular expression: " + e.getDescription(), e);
        }
    }

    private static long positive(String key, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(key + " must be more than zero");
        }
        return value;
    }

    private static Duration positive(String key, Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException(key + " must be more than zero");
        }
        return value;
    }
}
