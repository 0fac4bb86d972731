// SPDX-License-Identifier: Apache-2.0
package dev.penstock.launch;

import dev.penstock.config.ConfigException;
import dev.penstock.config.LoadedConfig;
import dev.penstock.config.PenstockConfig;
import dev.penstock.launch.ReloadResult.Why;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the configuration in force, one reload at a time: read, validated whole, compared with what cannot change, and only
 * then applied. One that is refused changes nothing but what operators are told.
 *
 * <p>Guarded by lock: reloading. The status is volatile: written by a reload, read by operators.
 */
final class Reloader {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Rooms rooms;
    private final ConfigSource source;
    private volatile ReloadStatus status;

    /** Told of each configuration that has come into force. Written by the launcher, read by reloads. */
    private volatile Consumer<PenstockConfig> listener = config -> {};

    /** Set once, before the first reload can come. */
    private volatile Function<PenstockConfig, Runnable> elsewhere = config -> () -> {};

    Reloader(Rooms rooms, ConfigSource source) {
        this.rooms = rooms;
        this.source = source;
        this.status = new ReloadStatus(Instant.now(), Optional.empty());
    }

    /** Somebody else who reads what a configuration names: throws, having changed nothing, or gives what puts it in force. */
    void alsoPreparing(Function<PenstockConfig, Runnable> other) {
        elsewhere = other;
    }

    ReloadStatus status() {
        return status;
    }

    ConfigSource source() {
        return source;
    }

    void listener(Consumer<PenstockConfig> next) {
        listener = next;
    }

    /** Waits for a reload that is on its way, and then does another. */
    ReloadResult reload(String trigger) {
        lock.lock();
        try {
            return replace(trigger);
        } finally {
            lock.unlock();
        }
    }

    /** For those who must not wait: refused when another is on its way. */
    ReloadResult tryReload(String trigger) {
        if (!lock.tryLock()) {
            return new ReloadResult.Refused(Why.NOT_NOW, "another reload is on its way");
        }
        try {
            return replace(trigger);
        } finally {
            lock.unlock();
        }
    }

    private ReloadResult replace(String trigger) {
        if (rooms.isDraining()) {
            return new ReloadResult.Refused(Why.NOT_NOW, "the proxy is going down");
        }
        Optional<ConfigException> readOnce = source.readOnce();
        if (readOnce.isPresent()) {
            return refused(trigger, Why.NEEDS_RESTART, readOnce.get());
        }
        LoadedConfig next;
        try {
            next = source.load();
        } catch (ConfigException e) {
            return refused(trigger, Why.INVALID, e);
        }
        try {
            FixedKeys.check(rooms.loaded(), next);
        } catch (ConfigException e) {
            return refused(trigger, Why.NEEDS_RESTART, e);
        }
        return apply(trigger, next);
    }

    private ReloadResult apply(String trigger, LoadedConfig next) {
        try {
            rooms.apply(next, elsewhere.apply(next.config()));
        } catch (ConfigException e) {
            return refused(trigger, Why.INVALID, e);
        } catch (RuntimeException e) {
            LOG.error("a reload failed inside the proxy", e);
            return refused(trigger, Why.INVALID, e);
        }
        status = status.applied(Instant.now(), trigger);
        long generation = rooms.generation().number();
        LOG.info("configuration reloaded ({}): generation {}, hash {}", trigger, generation, next.hash());
        next.warnings().forEach(warning -> LOG.warn("{}", warning.summary()));
        listener.accept(next.config());
        return new ReloadResult.Applied(generation);
    }

    private ReloadResult refused(String trigger, Why why, RuntimeException cause) {
        String report = cause instanceof ConfigException ? String.valueOf(cause.getMessage()) : "internal error";
        status = status.refused(Instant.now(), trigger, report);
        LOG.warn(
                "configuration not reloaded ({}), generation {} stays in force:\n{}",
                trigger,
                rooms.generation().number(),
                report);
        return new ReloadResult.Refused(why, report);
    }
}
