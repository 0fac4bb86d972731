// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.cluster.ClusterView;
import dev.penstock.cluster.InstanceView;
import dev.penstock.cluster.LastProbe;
import dev.penstock.metrics.JsonText;
import dev.penstock.server.AdminCall;
import dev.penstock.server.AdminReply;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clusters and their instances as they are, over HTTP, and the way to take an instance out and back in.
 *
 * <p>Thread-safe: reads live state; called by the admin listener's threads.
 */
final class ClusterPages {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterPages.class);
    private static final List<String> COLUMNS = List.of(
            "CLUSTER",
            "INSTANCE",
            "STATE",
            "SINCE",
            "WEIGHT",
            "PRIORITY",
            "IN-FLIGHT",
            "FAILURES",
            "EJECTIONS",
            "LAST PROBE",
            "WHY");

    private final Rooms rooms;

    ClusterPages(Rooms rooms) {
        this.rooms = rooms;
    }

    AdminReply show(AdminCall call) {
        List<ClusterView> clusters = rooms.clusters().view();
        return AdminPages.wantsText(call)
                ? AdminReply.text(200, table(clusters))
                : AdminReply.json(200, json(clusters));
    }

    AdminReply drain(AdminCall call) {
        return drained(call, true);
    }

    AdminReply undrain(AdminCall call) {
        return drained(call, false);
    }

    private AdminReply drained(AdminCall call, boolean drained) {
        String cluster = call.pathValue("cluster");
        String instance = call.pathValue("instance");
        if (!rooms.clusters().drain(cluster, instance, drained)) {
            return AdminReply.error(404, "no cluster with this name has an instance with this name");
        }
        LOG.info("instance {}/{}: {} by an operator", cluster, instance, drained ? "drained" : "undrained");
        return AdminReply.json(
                200,
                new JsonText()
                        .object()
                        .field("cluster", cluster)
                        .field("instance", instance)
                        .field("drained", drained)
                        .end());
    }

    private static JsonText json(List<ClusterView> clusters) {
        JsonText json = new JsonText().object().key("clusters").array();
        for (ClusterView cluster : clusters) {
            json.object().field("name", cluster.name()).field("balancer", cluster.balancer());
            json.key("instances").array();
            cluster.instances().forEach(instance -> write(json, instance));
            json.end().end();
        }
        return json.end().end();
    }

    private static void write(JsonText json, InstanceView instance) {
        json.object()
                .field("name", instance.name())
                .field("url", instance.url())
                .field("state", state(instance))
                .field("usable", instance.usable())
                .field("since", instance.since().toString())
                .field("why", instance.why())
                .field("weight", instance.weight())
                .field("priority", instance.priority())
                .field("in_flight", instance.inFlight())
                .key("max_streams");
        instance.limit().ifPresentOrElse(limit -> json.value(limit.longValue()), json::nothing);
        json.field("failures_in_a_row", instance.failures())
                .field("ejections", instance.ejections())
                .field("ejected_for_seconds", instance.ejectedFor().toMillis() / 1e3)
                .key("last_probe");
        instance.lastProbe().ifPresentOrElse(probe -> write(json, probe), json::nothing);
        json.end();
    }

    private static void write(JsonText json, LastProbe probe) {
        json.object()
                .field("at", probe.at().toString())
                .field("passed", probe.passed())
                .field("detail", probe.detail())
                .field("seconds", probe.took().toNanos() / 1e9)
                .end();
    }

    private static String state(InstanceView instance) {
        return instance.drained() ? "drained" : instance.status().word();
    }

    private static String table(List<ClusterView> clusters) {
        List<List<String>> rows = new ArrayList<>(List.of(COLUMNS));
        clusters.forEach(cluster -> cluster.instances().forEach(instance -> rows.add(row(cluster.name(), instance))));
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int number = column;
                int width = rows.stream()
                        .mapToInt(r -> r.get(number).length())
                        .max()
                        .orElse(0);
                String cell = row.get(column);
                line.append(cell).append(" ".repeat(width - cell.length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return String.join("\n", lines);
    }

    private static List<String> row(String cluster, InstanceView instance) {
        Optional<Integer> limit = instance.limit();
        return List.of(
                cluster,
                instance.name(),
                state(instance),
                instance.since().truncatedTo(ChronoUnit.SECONDS).toString(),
                Integer.toString(instance.weight()),
                Integer.toString(instance.priority()),
                instance.inFlight() + limit.map(cap -> "/" + cap).orElse(""),
                Integer.toString(instance.failures()),
                Integer.toString(instance.ejections()),
                instance.lastProbe().map(LastProbe::detail).orElse("-"),
                instance.why());
    }
}
