// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a request's body says that the proxy needs to know. Offsets refer to the very body that was read.
 *
 * <p>Immutable.
 *
 * @param model the model asked for; absent where the dialect asks for none, or none could be read
 * @param stream whether the answer is wanted as an event stream
 * @param usageRequested whether the client itself asked for usage in the stream, so that it must not be hidden
 * @param modelValue where the model's value stands, quotes included
 * @param usageSplice the change that asks for usage; absent where it is asked for already or makes no sense
 */
public record RequestFacts(
        Optional<String> model,
        boolean stream,
        boolean usageRequested,
        Optional<ByteSpan> modelValue,
        Optional<Splice> usageSplice)
        implements RequestReading {
    /** Checks its parts. */
    public RequestFacts {
        requireNonNull(model, "model");
        requireNonNull(modelValue, "modelValue");
        requireNonNull(usageSplice, "usageSplice");
    }

    /** What is known of a body that nobody needs to read. */
    static RequestFacts unread() {
        return new RequestFacts(Optional.empty(), false, false, Optional.empty(), Optional.empty());
    }

    /** Whether {@link #withUsage} would change the body. */
    public boolean canAskForUsage() {
        return usageSplice.isPresent();
    }

    /** The body with another model, and no other byte changed; the same array if the body names no model. */
    public byte[] withModel(byte[] body, String model) {
        return spliced(body, modelSplices(model));
    }

    /** The body asking for usage in the stream; the same array if there is nothing to ask. */
    public byte[] withUsage(byte[] body) {
        return spliced(body, usageSplice.stream().toList());
    }

    /** Both changes at once: the offsets are those of the original body, so one cannot be made after the other. */
    public byte[] withModelAndUsage(byte[] body, String model) {
        var splices = new ArrayList<>(modelSplices(model));
        usageSplice.ifPresent(splices::add);
        return spliced(body, splices);
    }

    private List<Splice> modelSplices(String model) {
        return modelValue.map(span -> new Splice(span, JsonText.quoted(model))).stream()
                .toList();
    }

    private static byte[] spliced(byte[] body, List<Splice> splices) {
        return splices.isEmpty() ? body : Splice.apply(body, splices);
    }
}
