// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Reads one request body in a single pass, token by token: nothing is built, nothing but the few members that matter is
 * decoded, and depth, names, numbers and the number of members are bounded, so that the work is proportional to the
 * body's length whatever is in it.
 *
 * <p>A member that is read must be unambiguous, or the upstream might act on another value than the one we routed on: twice
 * is refused, in whatever spelling of escapes, and so is another case, because some servers ignore case.
 *
 * <p>Confined to the stream thread.
 */
final class RequestReader {
    /** Strings may be as long as the body: images travel as base64. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(200)
                    .maxNumberLength(1000)
                    .maxNameLength(16 * 1024)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .enable(StreamReadFeature.CLEAR_CURRENT_TOKEN_ON_CLOSE)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private static final int MAX_MEMBERS = 10_000;
    private static final int MAX_EXPONENT_DIGITS = 3;
    private static final Set<String> UNAMBIGUOUS = Set.of("model", "stream", "stream_options", "messages");

    private final RequestRules rules;
    private final JsonParser json;
    private final Set<String> seen = HashSet.newHashSet(UNAMBIGUOUS.size());
    private final UsageOption usageOption = new UsageOption();
    private int bodyStart;
    private Optional<String> model = Optional.empty();
    private Optional<ByteSpan> modelValue = Optional.empty();
    private boolean stream;

    private RequestReader(RequestRules rules, JsonParser json) {
        this.rules = rules;
        this.json = json;
    }

    /** The body is wrong, and where. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;
        private final boolean ambiguous;
        private final transient BadRequest answer;

        Refused(boolean ambiguous, BadRequest answer) {
            super(answer.message(), null, false, false);
            this.ambiguous = ambiguous;
            this.answer = answer;
        }
    }

    static RequestReading read(RequestRules rules, byte[] body) {
        try {
            check(body);
            return parsed(rules, body);
        } catch (Refused refused) {
            return rules.modelRequired() || refused.ambiguous ? refused.answer : RequestFacts.unread();
        }
    }

    private static void check(byte[] body) throws Refused {
        Optional<String> problem = BodyBytes.problem(body);
        if (problem.isPresent()) {
            throw refused(problem.get());
        }
    }

    private static RequestFacts parsed(RequestRules rules, byte[] body) throws Refused {
        try (JsonParser json = JSON.createParser(body)) {
            var reader = new RequestReader(rules, json);
            reader.document();
            return reader.facts();
        } catch (StreamConstraintsException e) {
            throw refused("The body is nested too deeply, or has a name or a number that is too long" + where(e));
        } catch (JsonProcessingException e) {
            throw refused("The body is not valid JSON" + where(e));
        } catch (IOException e) {
            throw refused("The body is not valid JSON.");
        }
    }

    private static String where(JsonProcessingException e) {
        return e.getLocation() == null || e.getLocation().getByteOffset() < 0
                ? "."
                : " (at byte " + e.getLocation().getByteOffset() + ").";
    }

    private static Refused refused(String message) {
        return new Refused(false, new BadRequest(message, Optional.empty()));
    }

    private static Refused refused(String param, String message) {
        return new Refused(false, new BadRequest(message, Optional.of(param)));
    }

    private static Refused ambiguous(String param, String message) {
        return new Refused(true, new BadRequest(message, Optional.of(param)));
    }

    private void document() throws IOException, Refused {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw refused("The body must be a JSON object.");
        }
        bodyStart = tokenStart();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            countMember();
            member(json.currentName());
        }
        if (json.nextToken() != null) {
            throw refused("The body must be one JSON object with nothing after it.");
        }
    }

    private void member(String name) throws IOException, Refused {
        checkUnambiguous(name);
        JsonToken value = json.nextToken();
        if (rules.array().isPresent() && name.equals(rules.array().get()) && value != JsonToken.START_ARRAY) {
            throw refused(name, "'" + name + "' must be an array.");
        }
        switch (name) {
            case "model" -> model(value);
            case "stream" -> stream(value);
            case "stream_options" -> streamOptions(value);
            default -> skip(value);
        }
    }

    private void checkUnambiguous(String name) throws Refused {
        for (String key : UNAMBIGUOUS) {
            if (name.equalsIgnoreCase(key)) {
                if (!name.equals(key)) {
                    throw ambiguous(key, "'" + key + "' must be written in lower case.");
                }
                if (!seen.add(key)) {
                    throw ambiguous(key, "'" + key + "' must not appear twice.");
                }
            }
        }
    }

    private void model(JsonToken value) throws IOException, Refused {
        if (value != JsonToken.VALUE_STRING) {
            throw refused("model", "'model' must be a string.");
        }
        int start = tokenStart();
        String text = json.getText();
        modelValue = Optional.of(new ByteSpan(start, tokenEnd()));
        if (text.isBlank()) {
            throw refused("model", "'model' must not be empty.");
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == 0 || JsonText.isUnpaired(text, i)) {
                throw refused("model", "'model' must be text.");
            }
        }
        model = Optional.of(text);
    }

    private void stream(JsonToken value) throws IOException, Refused {
        if (!value.isBoolean() && value != JsonToken.VALUE_NULL) {
            throw refused("stream", "'stream' must be true or false.");
        }
        stream = value == JsonToken.VALUE_TRUE;
    }

    private void streamOptions(JsonToken value) throws IOException, Refused {
        if (!rules.usageOption()) {
            skip(value);
        } else if (value == JsonToken.VALUE_NULL) {
            usageOption.isNull(span());
        } else if (value == JsonToken.START_OBJECT) {
            usageOption.opens(tokenStart());
            options();
        } else {
            throw refused("stream_options", "'stream_options' must be an object.");
        }
    }

    private void options() throws IOException, Refused {
        int members = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            countMember();
            members++;
            boolean includeUsage = json.currentName().equals("include_usage");
            JsonToken value = json.nextToken();
            if (includeUsage && !usageOption.member(value, value.isScalarValue() ? span() : new ByteSpan(0, 0))) {
                throw ambiguous("stream_options", "'include_usage' must not appear twice.");
            }
            skip(value);
        }
        usageOption.closes(members == 0);
    }

    /** Walks over the value that begins with this token. */
    private void skip(JsonToken first) throws IOException, Refused {
        if (!first.isStructStart()) {
            checkNumber(first);
            return;
        }
        int outer = json.getParsingContext().getNestingDepth() - 1;
        while (json.getParsingContext().getNestingDepth() > outer) {
            JsonToken token = json.nextToken();
            if (token == null) {
                return; // the parser has complained already
            }
            if (token == JsonToken.FIELD_NAME) {
                countMember();
            } else {
                checkNumber(token);
            }
        }
    }

    private void countMember() throws Refused {
        if (json.getParsingContext().getEntryCount() > MAX_MEMBERS) {
            throw refused("The body has an object with more than " + MAX_MEMBERS + " members.");
        }
    }

    /** A number whose exponent alone says that no reader can represent it. */
    private void checkNumber(JsonToken token) throws IOException, Refused {
        if (token != JsonToken.VALUE_NUMBER_FLOAT) {
            return;
        }
        char[] text = json.getTextCharacters();
        int digits = 0;
        for (int i = json.getTextOffset() + json.getTextLength() - 1; i >= json.getTextOffset(); i--) {
            if (text[i] == 'e' || text[i] == 'E') {
                if (digits > MAX_EXPONENT_DIGITS) {
                    throw refused("The body has a number that is out of range.");
                }
                return;
            }
            digits += Character.isDigit(text[i]) ? 1 : 0;
        }
    }

    private int tokenStart() {
        return (int) json.currentTokenLocation().getByteOffset();
    }

    private int tokenEnd() {
        return (int) json.currentLocation().getByteOffset();
    }

    private ByteSpan span() throws IOException {
        int start = tokenStart();
        json.finishToken();
        return new ByteSpan(start, tokenEnd());
    }

    private RequestFacts facts() throws Refused {
        if (rules.modelRequired() && model.isEmpty()) {
            throw refused("model", "'model' is missing.");
        }
        if (rules.array().isPresent() && !seen.contains(rules.array().get())) {
            throw refused(rules.array().get(), "'" + rules.array().get() + "' is missing.");
        }
        boolean askable = rules.usageOption() && stream;
        return new RequestFacts(
                model,
                stream,
                usageOption.requested(),
                modelValue,
                askable ? usageOption.splice(bodyStart + 1) : Optional.empty());
    }
}
