// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

import dev.penstock.plugins.parts.TextSearch;
import dev.penstock.spi.PluginContext;
import dev.penstock.spi.PluginMetrics.Counter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What all streams of one entry of the chain share.
 *
 * <p>Thread-safe: immutable, and the service and the counter are thread-safe.
 */
record Guard(ContentGuardConfig config, List<Phrase> phrases, Optional<ModerationService> service, Counter stopped) {

    static Guard of(ContentGuardConfig config, PluginContext context) {
        TextSearch search = new TextSearch(config.patternTime());
        List<Phrase> phrases = config.patterns().entrySet().stream()
                .map(entry -> new Phrase(entry.getKey(), config.compile(entry.getValue()), search))
                .sorted(Comparator.comparing(Phrase::name))
                .toList();
        Counter stopped =
                context.metrics().counter("stopped_total", "Answers that were stopped, by what stopped them.", "by");
        return new Guard(config, phrases, config.service().map(settings -> service(settings, context)), stopped);
    }

    private static ModerationService service(ContentGuardConfig.Service settings, PluginContext context) {
        return new ModerationService(
                settings,
                context.metrics().counter("service_calls_total", "Calls of the moderation service.", "result"),
                context.metrics().histogram("service_seconds", "How long the moderation service took."));
    }

    PhraseWatch newWatch() {
        return new PhraseWatch(phrases, config.matchChars());
    }

    /** Whether text about which there is no verdict may pass. */
    boolean passesUnchecked() {
        return config.onError() == ContentGuardConfig.Verdict.PASS;
    }
}
