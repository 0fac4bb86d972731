// SPDX-License-Identifier: Apache-2.0
package dev.penstock.dialect;

import static dev.penstock.dialect.JsonText.quoted;

import java.util.Optional;

/**
 * What errors look like in each family: the objects, without any framing.
 *
 * <p>Immutable.
 */
final class ErrorShapes {
    private ErrorShapes() {}

    /** {@code {"error":{...}}} of OpenAI. */
    static String openAi(String type, String code, String message, Optional<String> param) {
        return "{\"error\":" + openAiObject(type, code, message, param) + "}";
    }

    /** The object inside. */
    static String openAiObject(String type, String code, String message, Optional<String> param) {
        return "{\"message\":" + quoted(message) + ",\"type\":" + quoted(type) + ",\"param\":"
                + param.map(JsonText::quoted).orElse("null") + ",\"code\":" + quoted(code) + "}";
    }

    /** {@code {"type":"error","error":{...},"request_id":...}} of Anthropic. */
    static String anthropic(String type, String message, String requestId) {
        return "{\"type\":\"error\",\"error\":{\"type\":" + quoted(type) + ",\"message\":" + quoted(message)
                + "},\"request_id\":" + quoted(requestId) + "}";
    }

    static String openAiType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 429 -> "rate_limit_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
    }

    static String anthropicType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 408, 504 -> "timeout_error";
            case 503, 529 -> "overloaded_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }

    /** Anthropic's type for a failure after the head was sent, when there is no status to go by. */
    static String anthropicType(String code) {
        return switch (code) {
            case "first_byte_timeout", "idle_timeout", "max_duration" -> "timeout_error";
            case "shutdown" -> "overloaded_error";
            default -> "api_error";
        };
    }
}
