// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.platform.commons.support.AnnotationSupport;

/** Starts laboratories, hands them to tests, and checks after each test that all is quiet again. Immutable. */
final class LabExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final Namespace LABS = Namespace.create(LabExtension.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        laboratory(context).begin();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Laboratory laboratory = laboratory(context);
        try {
            laboratory.check(lab(context).freshStream());
        } catch (AssertionError e) {
            discard(context, laboratory);
            Optional<Throwable> failure = context.getExecutionException();
            if (failure.isEmpty()) {
                throw e;
            }
            failure.get().addSuppressed(e);
        }
    }

    /** A laboratory that did not come to rest must not spoil the next test. */
    private static void discard(ExtensionContext context, Laboratory laboratory) {
        classStore(context).remove(setup(context));
        laboratory.close();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Laboratory.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return laboratory(context);
    }

    private static Laboratory laboratory(ExtensionContext context) {
        Setup setup = setup(context);
        return classStore(context)
                .computeIfAbsent(setup, s -> Laboratory.open(setup.variables(), setup.plugins()), Laboratory.class);
    }

    /** The store of the class, for a parameterised test too, whose parent is its template. */
    private static ExtensionContext.Store classStore(ExtensionContext context) {
        ExtensionContext scope = context;
        while (scope.getTestMethod().isPresent()) {
            scope = scope.getParent().orElseThrow();
        }
        return scope.getStore(LABS);
    }

    private static Lab lab(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), Lab.class)
                .or(() -> AnnotationSupport.findAnnotation(context.getRequiredTestClass(), Lab.class))
                .orElseThrow();
    }

    /** Tests with equal ones share a laboratory. Immutable. */
    private record Setup(Map<String, String> variables, Class<? extends LabPlugins> plugins) {}

    private static Setup setup(ExtensionContext context) {
        var variables = new TreeMap<String, String>();
        if (AnnotationSupport.isAnnotated(context.getRequiredTestClass(), Isolated.class)) {
            variables.put("PENSTOCK_JVM_OPTS", ProxyProcess.HEAP);
        }
        for (String line : lab(context).value()) {
            int equals = line.indexOf('=');
            variables.put(line.substring(0, equals), line.substring(equals + 1));
        }
        return new Setup(variables, lab(context).plugins());
    }
}
