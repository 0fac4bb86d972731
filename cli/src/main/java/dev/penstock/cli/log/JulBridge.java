// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.log;

import ch.qos.logback.classic.LoggerContext;
import dev.penstock.config.LogConfig;
import java.util.Optional;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;

/**
 * Brings what is said through {@code java.util.logging}, and so through {@link System.Logger}, which plugins are told
 * that they may use and which the JDK uses itself, into the one log; by default it would go to standard error in a format
 * of its own. Thread-safe: it has no state of its own.
 */
final class JulBridge extends Handler {
    private static final Formatter TEXT = new SimpleFormatter();

    /** The JDK says here who ends the process. Kept in a field because loggers are weakly held. */
    private static final Logger EXITS = Logger.getLogger("java.lang.Runtime");

    /** How the loaders of plugins are named. */
    private static final String PLUGIN = "plugin:";

    private final LoggerContext context;

    private JulBridge(LoggerContext context) {
        this.context = context;
    }

    /** Takes the place of all handlers there are. */
    static void install(LoggerContext context) {
        LogManager.getLogManager().reset();
        root().addHandler(new JulBridge(context));
        EXITS.setLevel(Level.FINE);
    }

    /** Lets through what the log wants; the log looks again, by logger. */
    static void level(LogConfig.Level level) {
        root().setLevel(
                        switch (level) {
                            case ERROR -> Level.SEVERE;
                            case WARN -> Level.WARNING;
                            case INFO -> Level.INFO;
                            case DEBUG -> Level.FINE;
                            case TRACE -> Level.ALL;
                        });
    }

    @Override
    public void publish(LogRecord record) {
        var name = Optional.ofNullable(record.getLoggerName())
                .filter(n -> !n.isEmpty())
                .orElse("java");
        context.getLogger(name)
                .atLevel(
                        isExitByPlugin(record)
                                ? org.slf4j.event.Level.ERROR
                                : slf4j(record.getLevel().intValue()))
                .setCause(record.getThrown()) // which may be none
                .log(Optional.ofNullable(TEXT.formatMessage(record)).orElse(""));
    }

    /** Nothing can keep a plugin from ending the process, so at least it is known which one it was. */
    private static boolean isExitByPlugin(LogRecord record) {
        return EXITS.getName().equals(record.getLoggerName())
                && Optional.ofNullable(record.getThrown()).stream()
                        .flatMap(thrown -> Stream.of(thrown.getStackTrace()))
                        .anyMatch(frame ->
                                String.valueOf(frame.getClassLoaderName()).startsWith(PLUGIN));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    private static Logger root() {
        return Logger.getLogger("");
    }

    private static org.slf4j.event.Level slf4j(int level) {
        if (level >= Level.SEVERE.intValue()) {
            return org.slf4j.event.Level.ERROR;
        }
        if (level >= Level.WARNING.intValue()) {
            return org.slf4j.event.Level.WARN;
        }
        if (level >= Level.INFO.intValue()) {
            return org.slf4j.event.Level.INFO;
        }
        return level >= Level.FINE.intValue() ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.TRACE;
    }
}
