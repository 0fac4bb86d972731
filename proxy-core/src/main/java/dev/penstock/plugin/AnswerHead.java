// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import dev.penstock.spi.ResponseDecision;
import dev.penstock.spi.ResponseHead;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The head of an answer, as filters and observers see it. Immutable.
 *
 * @param fields the headers that go to the client; names in lower case
 * @param streaming whether the body is an event stream
 * @param upstreamModel the model name that was sent upstream; empty text if none
 */
public record AnswerHead(
        int status,
        Map<String, List<String>> fields,
        boolean streaming,
        String cluster,
        String instance,
        String upstreamModel)
        implements ResponseHead {
    public AnswerHead {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    AnswerHead with(ResponseDecision.ReplaceHeaders change) {
        Map<String, List<String>> changed = new LinkedHashMap<>(fields);
        change.removed().forEach(changed::remove);
        change.values().forEach((name, value) -> changed.put(name, List.of(value)));
        return new AnswerHead(status, changed, streaming, cluster, instance, upstreamModel);
    }

    @Override
    public Set<String> headerNames() {
        return fields.keySet();
    }

    @Override
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    @Override
    public List<String> headers(String name) {
        return fields.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }
}
