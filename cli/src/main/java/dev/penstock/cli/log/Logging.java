// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.log;

import ch.qos.logback.classic.LoggerContext;
import dev.penstock.config.LogConfig;
import dev.penstock.exchange.AccessEntry;
import dev.penstock.exchange.AccessLog;
import java.time.ZoneId;
import org.slf4j.LoggerFactory;

/**
 * The process's log while it serves: the access log on standard output and the application's on standard error, each
 * bounded and written by a thread of its own. Every line is one JSON object, or one short line for a human on a terminal.
 * Access lines count as {@code INFO}: a less talkative level silences them too. What the readers are too slow for is
 * dropped and counted.
 *
 * <p>Thread-safe: sinks are, and the level is one volatile field beside logback's own.
 */
public final class Logging implements AccessLog, AutoCloseable {
    private final LoggerContext context;
    private final LineSink accessSink;
    private final LineSink eventSink;
    private final boolean humanAccess;
    private final ZoneId zone = ZoneId.systemDefault();
    private final Thread atExit = new Thread(this::writeTheRest, "log-exit");
    private volatile LogConfig.Level level; // written by an operator's request, read by every finished stream

    private Logging(LoggerContext context, LogConfig config, LogOutput access, LogOutput events) {
        this.context = context;
        this.accessSink = LineSink.start(access.stream(), "log-access");
        this.eventSink = access.equals(events) ? accessSink : LineSink.start(events.stream(), "log-events");
        this.humanAccess = human(config.format(), access);
        this.level = config.level();
    }

    /** On standard output and standard error. */
    public static Logging start(LogConfig config) {
        return start(config, LogOutput.stdout(), LogOutput.stderr());
    }

    /** Elsewhere; one output may be given for both, and then lines of both kinds come in their order. */
    public static Logging start(LogConfig config, LogOutput access, LogOutput events) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            return start(context, config, access, events);
        }
        throw new IllegalStateException("logback is not the logger on the class path");
    }

    static Logging start(LoggerContext context, LogConfig config, LogOutput access, LogOutput events) {
        var logging = new Logging(context, config, access, events);
        var human = human(config.format(), events);
        JulBridge.install(context);
        Levels.set(context, config.level());
        LogbackStart.install(
                context,
                new LineAppender(
                        context,
                        event -> human ? EventLine.human(event, logging.zone) : EventLine.json(event),
                        logging.eventSink::write));
        logging.expectExit();
        return logging;
    }

    /** A plugin may end the process, and the line that names it must not be left in the queue. */
    private void expectExit() {
        try {
            Runtime.getRuntime().addShutdownHook(atExit);
        } catch (IllegalStateException ending) {
            // Whoever ends the process has done so already, before there was a log.
        }
    }

    private void expectNoExit() {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException ending) {
            // The hook runs beside this; closing twice does no harm.
        }
    }

    @Override
    public void write(AccessEntry entry) {
        if (level.compareTo(LogConfig.Level.INFO) >= 0) {
            accessSink.write(humanAccess ? AccessLine.human(entry, zone) : AccessLine.json(entry));
        }
    }

    /** Lines dropped so far, of both kinds, for {@code penstock_log_dropped_total}. */
    public long dropped() {
        return accessSink.dropped() + (eventSink == accessSink ? 0 : eventSink.dropped());
    }

    public LogConfig.Level level() {
        return level;
    }

    /** From now on. */
    public void level(LogConfig.Level wanted) {
        Levels.set(context, wanted);
        level = wanted;
    }

    /**
     * Writes what is left, for at most two seconds each if a reader stalls. Warnings that come later go to standard error
     * directly.
     */
    @Override
    public void close() {
        expectNoExit();
        writeTheRest();
    }

    private void writeTheRest() {
        new LogbackStart().configure(context);
        accessSink.close();
        eventSink.close();
    }

    private static boolean human(LogConfig.Format format, LogOutput output) {
        return switch (format) {
            case HUMAN -> true;
            case JSON -> false;
            case AUTO -> output.terminal();
        };
    }
}
