// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** What is wrong although every key for itself is right. Confined to the thread that loads. */
final class SemanticCheck {
    private final ConfigNode root;
    private final ConfigProblems problems;

    SemanticCheck(ConfigNode root, ConfigProblems problems) {
        this.root = root;
        this.problems = problems;
    }

    /** On the tree before it is bound: what a route may not override. */
    void checkGlobalKeys() {
        for (ConfigNode route : Nodes.items(Nodes.child(root, "routes"))) {
            Optional<ConfigNode> timeouts =
                    Nodes.child(route, "stream").flatMap(stream -> Nodes.child(stream, "timeouts"));
            timeouts.flatMap(node -> Nodes.child(node, "request_head"))
                    .filter(node -> !Nodes.blank(node))
                    .ifPresent(node -> problems.error(
                            node,
                            "cannot be set for a route: it runs before the route is known; set it under"
                                    + " stream.timeouts"));
        }
    }

    void check(PenstockConfig config) {
        listeners(config);
        files(config);
        turn(config.worker().turn());
        new RouteOrder(root, problems).check(config.routes());
        new ClusterCheck(root, problems).check(config);
    }

    private void listeners(PenstockConfig config) {
        HostPort listen = config.listen().address();
        HostPort admin = config.admin().listen();
        if (listen.port() != 0 && listen.port() == admin.port()) {
            error("admin.listen", "has the same port as listen (" + listen + ")");
        }
        if (!admin.loopback() && config.admin().token().isEmpty()) {
            error("admin.listen", admin + " can be reached from other machines; set admin.token, or use 127.0.0.1");
        }
    }

    private void files(PenstockConfig config) {
        config.listen().tls().ifPresent(tls -> {
            file("listen.tls.certificate", tls.certificate());
            file("listen.tls.key", tls.key());
        });
        for (ConfigNode node : Nodes.items(Nodes.child(root, "clusters"))) {
            Nodes.scalar(Nodes.child(node, "name"))
                    .flatMap(name -> config.clusters().stream()
                            .filter(cluster -> cluster.name().equals(name.text()))
                            .findFirst())
                    .flatMap(cluster -> cluster.tls().ca())
                    .ifPresent(ca -> file(node.path() + ".tls.ca", ca));
        }
    }

    private void file(String path, Path file) {
        if (!Files.exists(file)) {
            error(path, "there is no file " + file);
        } else if (!Files.isRegularFile(file)) {
            error(path, file + " is no regular file; name one that can be read again at every reload");
        } else if (!Files.isReadable(file)) {
            error(path, "cannot read file " + file);
        }
    }

    private void turn(TurnConfig turn) {
        if (turn.events().isEmpty() && turn.bytes().isEmpty() && turn.time().isEmpty()) {
            problems.warning(
                    Nodes.origin(root, "worker.turn"),
                    "worker.turn",
                    "with every bound off, one busy stream can hold up all the others");
        }
    }

    private void error(String path, String message) {
        problems.error(Nodes.origin(root, path), path, message);
    }
}
