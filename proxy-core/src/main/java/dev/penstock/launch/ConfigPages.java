// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.config.LoadedConfig;
import dev.penstock.metrics.JsonText;
import dev.penstock.server.AdminCall;
import dev.penstock.server.AdminReply;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The configuration in force, and its replacement, over HTTP.
 *
 * <p>Thread-safe: reads live state; called by the admin listener's threads.
 */
final class ConfigPages {
    private static final int REFUSED = 409;
    private static final int INVALID = 422;

    private final Rooms rooms;
    private final Reloader reloader;

    ConfigPages(Rooms rooms, Reloader reloader) {
        this.rooms = rooms;
        this.reloader = reloader;
    }

    AdminReply show(AdminCall call) {
        LoadedConfig loaded = rooms.loaded();
        if (AdminPages.wantsText(call)) {
            return AdminReply.text(200, loaded.effective().yaml().stripTrailing());
        }
        ReloadStatus status = reloader.status();
        JsonText json = new JsonText()
                .object()
                .field("generation", rooms.generation().number())
                .field("hash", loaded.hash())
                .field("loaded_at", status.loadedAt().toString());
        lastReload(json, status);
        json.key("warnings").array();
        loaded.warnings().forEach(warning -> json.value(warning.summary()));
        json.end().key("config");
        tree(json, loaded.effective().tree());
        return AdminReply.json(
                200, json.field("origins", loaded.effective().origins()).end());
    }

    private static void lastReload(JsonText json, ReloadStatus status) {
        json.key("last_reload");
        if (status.last().isEmpty()) {
            json.nothing();
            return;
        }
        ReloadStatus.Attempt last = status.last().get();
        json.object()
                .field("at", last.at().toString())
                .field("trigger", last.trigger())
                .field("successful", last.error().isEmpty())
                .key("error");
        last.error().ifPresentOrElse(json::value, json::nothing);
        json.end();
    }

    AdminReply reload(AdminCall call) {
        return switch (reloader.tryReload("admin")) {
            case ReloadResult.Applied(long generation) ->
                AdminReply.json(
                        200,
                        new JsonText().object().field("generation", generation).end());
            case ReloadResult.Refused(ReloadResult.Why why, String report) -> refused(why, report);
        };
    }

    private AdminReply refused(ReloadResult.Why why, String report) {
        JsonText json = new JsonText()
                .object()
                .field("error", "the configuration was not reloaded")
                .field("reason", why.name().toLowerCase(Locale.ROOT))
                .field("report", report)
                .field("generation", rooms.generation().number());
        return AdminReply.json(why == ReloadResult.Why.INVALID ? INVALID : REFUSED, json.end());
    }

    /** What a tree of the configuration consists of. */
    private static void tree(JsonText json, Object node) {
        switch (node) {
            case Map<?, ?> section -> {
                json.object();
                section.forEach((key, value) -> tree(json.key(String.valueOf(key)), value));
                json.end();
            }
            case List<?> items -> {
                json.array();
                items.forEach(item -> tree(json, item));
                json.end();
            }
            case Boolean bit -> json.value(bit.booleanValue());
            case Integer number -> json.value(number.longValue());
            case Long number -> json.value(number.longValue());
            case Number number -> json.value(number.doubleValue());
            default -> json.value(node.toString());
        }
    }
}
