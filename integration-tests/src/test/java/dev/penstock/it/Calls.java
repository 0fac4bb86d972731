// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import dev.penstock.testing.RawRequest;

/** Requests as the providers' clients send them. Immutable. */
final class Calls {
    static final String CHAT = "/v1/chat/completions";
    static final String RESPONSES = "/v1/responses";
    static final String MESSAGES = "/v1/messages";

    private Calls() {}

    /** A streaming chat completion. */
    static RawRequest chat() {
        return chat("lab-model");
    }

    static RawRequest chat(String model) {
        return RawRequest.postJson(
                CHAT,
                "{\"model\":\"" + model
                        + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"stream\":true}");
    }

    static RawRequest chatJson() {
        return chatJson("lab-model");
    }

    static RawRequest chatJson(String model) {
        return RawRequest.postJson(
                CHAT,
                "{\"model\":\"" + model
                        + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"stream\":false}");
    }

    /** A streaming response of the Responses API. */
    static RawRequest responses() {
        return RawRequest.postJson(RESPONSES, "{\"model\":\"lab-model\",\"input\":\"hello\",\"stream\":true}");
    }

    /** A streaming message of Anthropic's. */
    static RawRequest messages() {
        return RawRequest.postJson(
                        MESSAGES,
                        "{\"model\":\"lab-model\",\"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],"
                            + "\"stream\":true}")
                .header("anthropic-version", "2023-06-01");
    }

    static RawRequest messagesJson() {
        return RawRequest.postJson(
                        MESSAGES,
                        "{\"model\":\"lab-model\",\"max_tokens\":64,\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}")
                .header("anthropic-version", "2023-06-01");
    }
}
