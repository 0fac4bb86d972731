// SPDX-License-Identifier: Apache-2.0
package dev.penstock.cli.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.penstock.config.LogConfig;
import java.time.ZoneId;

/**
 * What logback does before {@link Logging} has started, and in commands that never start it: warnings go to standard
 * error at once. Being found as a service, it also keeps logback from looking for XML files. Confined to logback's own
 * initialisation; Immutable.
 */
public final class LogbackStart extends ContextAwareBase implements Configurator {
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        JulBridge.install(context);
        Levels.set(context, LogConfig.Level.WARN);
        install(
                context,
                new LineAppender(context, event -> EventLine.human(event, ZoneId.systemDefault()), System.err::print));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Makes it the only appender. */
    static void install(LoggerContext context, LineAppender appender) {
        appender.start();
        var root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.detachAndStopAllAppenders();
        root.addAppender(appender);
    }
}
