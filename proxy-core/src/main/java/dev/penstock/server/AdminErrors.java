// SPDX-License-Identifier: Apache-2.0
package dev.penstock.server;

import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * What Jetty itself refuses on the admin listener (a malformed or too large head, a failed handler) in our words: the
 * status and its standard phrase, nothing of the inside. Immutable.
 */
final class AdminErrors implements Request.Handler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        AdminHandler.answer(
                response,
                callback,
                AdminReply.error(response.getStatus(), HttpStatus.getMessage(response.getStatus())));
        return true;
    }
}
