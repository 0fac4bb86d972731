// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.mock;

import static dev.penstock.cli.mock.MockJson.NULL;
import static dev.penstock.cli.mock.MockJson.object;
import static dev.penstock.cli.mock.MockJson.text;

/** The error body of an API family. Immutable. */
enum ErrorStyle {
    OPENAI {
        @Override
        String body(int status, String message) {
            String type = status == 429 ? "requests" : status >= 500 ? "server_error" : "invalid_request_error";
            Object code = status == 429 ? "rate_limit_exceeded" : status == 404 ? "not_found" : NULL;
            return text(object("error", object("message", message, "type", type, "param", NULL, "code", code)));
        }
    },
    ANTHROPIC {
        @Override
        String body(int status, String message) {
            String type = switch (status) {
                case 404 -> "not_found_error";
                case 429 -> "rate_limit_error";
                case 500 -> "api_error";
                default -> "invalid_request_error";
            };
            return text(object("type", "error", "error", object("type", type, "message", message)));
        }
    };

    abstract String body(int status, String message);
}
