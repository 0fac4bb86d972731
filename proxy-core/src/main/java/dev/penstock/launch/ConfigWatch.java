// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.config.ConfigException;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads when a file of the configuration has other content than the last load has read. Folders are watched, not files: an
 * editor renames a new file into place, and Kubernetes swaps a link beside it. An event is only a hint, and there are looks
 * without one: on file systems that tell nothing, and for links that lead elsewhere. What counts is the content, once two looks
 * have found the same; what cannot be used then is refused only if it stays so a while longer, for it may be half written.
 *
 * <p>Thread-safe: one daemon thread, which alone uses the keys; a latch stops it.
 */
final class ConfigWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigWatch.class);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration SETTLE = Duration.ofMillis(100);
    private static final Duration HALF_WRITTEN = Duration.ofMillis(500);

    private final Reloader reloader;
    private final ConfigSource source;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Map<Path, WatchKey> keys = new HashMap<>();
    private final Optional<WatchService> service;

    private ConfigWatch(Reloader reloader) {
        this.reloader = reloader;
        this.source = reloader.source();
        this.service = open();
    }

    static ConfigWatch start(Reloader reloader) {
        ConfigWatch watch = new ConfigWatch(reloader);
        Thread.ofPlatform().name("config-watch").daemon().start(watch::run);
        return watch;
    }

    @Override
    public void close() {
        closed.countDown();
        service.ifPresent(open -> {
            try {
                open.close();
            } catch (IOException e) {
                LOG.debug("the watch of the configuration was not closed", e);
            }
        });
    }

    private static Optional<WatchService> open() {
        try {
            return Optional.of(FileSystems.getDefault().newWatchService());
        } catch (IOException e) {
            LOG.info("folders cannot be watched here ({}); the configuration is looked at every second", e.toString());
            return Optional.empty();
        }
    }

    private void run() {
        try {
            while (closed.getCount() > 0) {
                follow();
                awaitHint();
                if (changed() && isSettled()) {
                    reloader.reload("file");
                }
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            LOG.debug("the configuration is not watched any more", e);
        }
    }

    private boolean changed() {
        return !source.fingerprint().equals(source.loadedFingerprint());
    }

    /** Whether what is there now is worth a reload, or a refusal. If not, the next round looks again. */
    private boolean isSettled() throws InterruptedException {
        if (!staysFor(SETTLE)) {
            return false;
        }
        try {
            source.load();
            return true;
        } catch (ConfigException e) {
            return staysFor(HALF_WRITTEN);
        }
    }

    private boolean staysFor(Duration time) throws InterruptedException {
        String before = source.fingerprint();
        return !closed.await(time.toNanos(), TimeUnit.NANOSECONDS) && before.equals(source.fingerprint());
    }

    private void awaitHint() throws InterruptedException {
        if (service.isEmpty()) {
            closed.await(LOOK.toNanos(), TimeUnit.NANOSECONDS);
            return;
        }
        WatchKey key = service.get().poll(LOOK.toNanos(), TimeUnit.NANOSECONDS);
        while (key != null) {
            key.pollEvents();
            key.reset();
            key = service.get().poll();
        }
    }

    /** Watches the folders of the files as they are now, and of what their links lead to. */
    private void follow() {
        Set<Path> folders = new HashSet<>();
        for (Path file : source.files()) {
            folder(file).ifPresent(folders::add);
            real(file).flatMap(ConfigWatch::folder).ifPresent(folders::add);
        }
        keys.entrySet().removeIf(entry -> {
            boolean gone =
                    !folders.contains(entry.getKey()) || !entry.getValue().isValid();
            if (gone) {
                entry.getValue().cancel();
            }
            return gone;
        });
        service.ifPresent(open ->
                folders.stream().filter(folder -> !keys.containsKey(folder)).forEach(folder -> register(open, folder)));
    }

    private void register(WatchService open, Path folder) {
        try {
            keys.put(
                    folder,
                    folder.register(
                            open,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_MODIFY,
                            StandardWatchEventKinds.ENTRY_DELETE));
        } catch (IOException e) {
            LOG.debug("folder {} cannot be watched", folder, e);
        }
    }

    private static Optional<Path> folder(Path file) {
        return Optional.ofNullable(file.getParent());
    }

    private static Optional<Path> real(Path file) {
        try {
            return Optional.of(file.toRealPath());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
