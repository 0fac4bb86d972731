// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.exchange.Outcome;
import dev.penstock.exchange.StreamExchange;
import dev.penstock.exchange.StreamView;
import dev.penstock.metrics.JsonText;
import dev.penstock.server.AdminCall;
import dev.penstock.server.AdminEndpoint;
import dev.penstock.server.AdminReply;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What operators can see and do over HTTP, beside health and metrics.
 *
 * <p>Thread-safe: reads live state; called by the admin listener's threads.
 */
final class AdminPages {
    private final Rooms rooms;

    private AdminPages(Rooms rooms) {
        this.rooms = rooms;
    }

    static List<AdminEndpoint> of(Rooms rooms, Reloader reloader) {
        AdminPages streams = new AdminPages(rooms);
        ClusterPages clusters = new ClusterPages(rooms);
        ConfigPages config = new ConfigPages(rooms, reloader);
        return List.of(
                AdminEndpoint.get("/streams", streams::streams),
                AdminEndpoint.delete("/streams/{id}", streams::end),
                AdminEndpoint.get("/clusters", clusters::show),
                AdminEndpoint.post("/clusters/{cluster}/{instance}/drain", clusters::drain),
                AdminEndpoint.post("/clusters/{cluster}/{instance}/undrain", clusters::undrain),
                AdminEndpoint.get("/config", config::show),
                AdminEndpoint.post("/reload", config::reload));
    }

    /** Whether a plain page is asked for: by a parameter, or by a client that takes text and no JSON. */
    static boolean wantsText(AdminCall call) {
        Optional<String> format = call.queryValue("format");
        return format.isPresent()
                ? format.get().equals("text")
                : call.accept().contains("text/plain") && !call.accept().contains("json");
    }

    private AdminReply streams(AdminCall call) {
        JsonText json = new JsonText().object().key("streams").array();
        rooms.registry().all().stream()
                .map(StreamExchange::view)
                .sorted(Comparator.comparingDouble(StreamView::ageSeconds).reversed())
                .forEach(view -> write(json, view));
        return AdminReply.json(200, json.end().end());
    }

    private static void write(JsonText json, StreamView view) {
        json.object()
                .field("id", view.id())
                .field("consumer", view.consumer())
                .field("route", view.route())
                .field("cluster", view.cluster())
                .field("instance", view.instance())
                .field("model_asked", view.modelAsked())
                .field("model_served", view.modelServed())
                .field("phase", view.phase())
                .field("blocked_on", view.blockedOn())
                .field("age_seconds", view.ageSeconds())
                .field("first_token_seconds", view.firstTokenSeconds())
                .field("last_event_seconds_ago", view.lastEventSecondsAgo())
                .field("events", view.events())
                .field("bytes", view.bytes())
                .field("attempts", view.attempts())
                .end();
    }

    private AdminReply end(AdminCall call) {
        Optional<StreamExchange> stream = rooms.registry().find(call.pathValue("id"));
        if (stream.isEmpty()) {
            return AdminReply.error(404, "no live stream has this id");
        }
        stream.get().cancel(Outcome.SHUTDOWN);
        return AdminReply.json(
                202,
                new JsonText().object().field("ended", call.pathValue("id")).end());
    }
}
