// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import static java.util.Objects.requireNonNullElse;

import dev.penstock.spi.HoldBack;
import dev.penstock.spi.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * The plugin's section. Immutable.
 *
 * @param patterns regular expressions by name; what one is found in is not sent
 * @param ignoreCase whether letters match in both cases
 * @param matchChars how long a match can be that is still found when it comes in pieces
 * @param patternTime how long one pattern may be searched for in one event
 * @param service a moderation service that is asked too
 * @param reason the word for the access log
 * @param farewell what the client reads in place of the rest
 * @param hold how much may wait for a verdict, and how long
 * @param onError what becomes of text about which there is no verdict
 */
public record ContentGuardConfig(
        Map<String, String> patterns,
        Boolean ignoreCase,
        Integer matchChars,
        Duration patternTime,
        Optional<Service> service,
        String reason,
        Optional<String> farewell,
        Hold hold,
        Verdict onError) {

    /** What becomes of text about which there is no verdict. */
    public enum Verdict {
        STOP,
        PASS
    }

    public ContentGuardConfig {
        ignoreCase = requireNonNullElse(ignoreCase, true);
        patterns = Map.copyOf(requireNonNullElse(patterns, Map.of()));
        patterns.forEach(ContentGuardConfig::check);
        matchChars = requireNonNullElse(matchChars, 1_000);
        if (matchChars < 16 || matchChars > 16_384) {
            throw new IllegalArgumentException("match_chars must be 16 to 16384");
        }
        patternTime = requireNonNullElse(patternTime, Duration.ofMillis(10));
        if (!patternTime.isPositive()) {
            throw new IllegalArgumentException("pattern_time must be more than zero");
        }
        service = requireNonNullElse(service, Optional.empty());
        reason = requireNonNullElse(reason, "blocked_content");
        if (!reason.matches("[A-Za-z0-9_.-]{1,128}")) {
            throw new IllegalArgumentException("reason must be letters, digits, '_', '.' and '-'");
        }
        farewell = requireNonNullElse(farewell, Optional.empty());
        hold = requireNonNullElse(hold, Hold.STANDARD);
        onError = requireNonNullElse(onError, Verdict.STOP);
        checkTimes(service, hold);
        if (patterns.isEmpty() && service.isEmpty()) {
            throw new IllegalArgumentException("patterns or service must be there, or there is nothing to guard by");
        }
    }

    /**
     * A moderation service that speaks like OpenAI's {@code /v1/moderations}.
     *
     * @param url where it is
     * @param key sent as a bearer token
     * @param model named in the request
     * @param timeout for one answer; shorter than the time that text may wait
     * @param checkChars how much new text makes it worth asking
     * @param contextChars how much text from before is sent along
     */
    public record Service(
            URI url,
            Optional<Secret> key,
            Optional<String> model,
            Duration timeout,
            Integer checkChars,
            Integer contextChars) {
        public Service {
            if (url == null || url.getHost() == null || !Set.of("http", "https").contains(url.getScheme())) {
                throw new IllegalArgumentException("url must be an http or https address");
            }
            key = requireNonNullElse(key, Optional.empty());
            model = requireNonNullElse(model, Optional.empty());
            timeout = requireNonNullElse(timeout, Duration.ofMillis(800));
            if (!timeout.isPositive()) {
                throw new IllegalArgumentException("timeout must be more than zero");
            }
            checkChars = requireNonNullElse(checkChars, 300);
            contextChars = requireNonNullElse(contextChars, 200);
            if (checkChars < 1 || contextChars < 0) {
                throw new IllegalArgumentException("check_chars must be more than zero");
            }
        }
    }

    /**
     * The hold-back window.
     *
     * @param time how long an event may wait
     * @param bytes how many bytes may wait
     */
    public record Hold(Duration time, Long bytes) {
        private static final Hold STANDARD = new Hold(Duration.ofSeconds(1), 64L << 10);

        public Hold {
            time = requireNonNullElse(time, Duration.ofSeconds(1));
            bytes = requireNonNullElse(bytes, 64L << 10);
            if (bytes > 16 << 20) {
                throw new IllegalArgumentException("bytes must be at most 16 MiB");
            }
            HoldBack.window(time, bytes.intValue());
        }
    }

    HoldBack window() {
        return HoldBack.window(hold.time(), hold.bytes().intValue());
    }

    Pattern compile(String pattern) {
        int flags = Pattern.UNICODE_CASE;
        return Pattern.compile(pattern, ignoreCase ? flags | Pattern.CASE_INSENSITIVE : flags);
    }

    private static void check(String name, String pattern) {
        try {
            if (Pattern.compile(pattern).matcher("").find()) {
                throw new IllegalArgumentException("patterns: " + name + " matches the empty text, and so everything");
            }
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "patterns: " + name + " is no regular expression: " + e.getDescription(), e);
        }
    }

    private static void checkTimes(Optional<Service> service, Hold hold) {
        if (service.isPresent() && service.get().timeout().compareTo(hold.time()) >= 0) {
            throw new IllegalArgumentException("hold: time must be longer than the service's timeout, "
                    + service.get().timeout());
        }
    }
}
