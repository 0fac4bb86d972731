// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.penstock.config.LogConfig;
import java.util.List;
import org.slf4j.Logger;

/**
 * Sets what is logged. The libraries under us never say less than a warning's worth: at their debug levels they write
 * whole requests with their headers, and thereby keys and prompts. Immutable.
 */
final class Levels {
    private static final List<String> LIBRARIES = List.of(
            "org.eclipse.jetty",
            "com.fasterxml",
            "io.prometheus",
            "ch.qos.logback",
            "java",
            "javax",
            "jdk",
            "sun",
            "com.sun");

    private Levels() {}

    static void set(LoggerContext context, LogConfig.Level level) {
        var wanted = logback(level);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(wanted);
        var quiet = wanted.isGreaterOrEqual(Level.WARN) ? wanted : Level.WARN;
        LIBRARIES.forEach(name -> context.getLogger(name).setLevel(quiet));
        JulBridge.level(level);
    }

    private static Level logback(LogConfig.Level level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
            case TRACE -> Level.TRACE;
        };
    }
}
