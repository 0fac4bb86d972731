// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes down everything public in this package, one line each, sorted. Immutable. */
final class SpiSignatures {

    private SpiSignatures() {}

    /** The top-level public types. */
    static List<Class<?>> types() {
        try (Stream<Path> files = Files.list(Path.of("target/classes/dev/penstock/spi"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.contains("$") && !name.contains("-"))
                    .sorted()
                    .<Class<?>>map(name -> load(name.substring(0, name.length() - ".class".length())))
                    .filter(type -> Modifier.isPublic(type.getModifiers()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line per type and per public or protected member. */
    static List<String> lines() {
        List<String> lines = new ArrayList<>();
        types().forEach(type -> add(type, lines));
        return lines;
    }

    private static void add(Class<?> type, List<String> lines) {
        lines.add(head(type));
        List<String> members = new ArrayList<>();
        for (Field field : type.getDeclaredFields()) {
            if (open(field)) {
                members.add(
                        words(field) + " " + name(field.getGenericType()) + " " + field.getName() + constant(field));
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (open(constructor)) {
                members.add(words(constructor) + " new" + call(constructor));
            }
        }
        for (Method method : type.getDeclaredMethods()) {
            if (open(method) && !method.isBridge()) {
                String returned = name(method.getGenericReturnType());
                members.add(words(method) + " " + returned + " " + method.getName() + call(method));
            }
        }
        members.stream()
                .sorted()
                .map(member -> "    " + type.getSimpleName() + ": " + member)
                .forEach(lines::add);
        Arrays.stream(type.getDeclaredClasses())
                .filter(nested -> Modifier.isPublic(nested.getModifiers()))
                .sorted((a, b) -> a.getName().compareTo(b.getName()))
                .forEach(nested -> add(nested, lines));
    }

    private static String head(Class<?> type) {
        String kind = type.isAnnotation()
                ? "annotation"
                : type.isRecord() ? "record" : type.isEnum() ? "enum" : type.isInterface() ? "interface" : "class";
        String parameters = Arrays.toString(type.getTypeParameters());
        String above = Stream.concat(
                        Stream.ofNullable(type.getGenericSuperclass()), Arrays.stream(type.getGenericInterfaces()))
                .map(SpiSignatures::name)
                .filter(name -> !name.equals("java.lang.Object"))
                .collect(Collectors.joining(", "));
        return (type.isSealed() ? "sealed " : "")
                + kind
                + " "
                + type.getName()
                + (type.getTypeParameters().length == 0 ? "" : parameters)
                + (above.isEmpty() ? "" : " : " + above);
    }

    private static boolean open(Member member) {
        int modifiers = member.getModifiers();
        return !member.isSynthetic() && (Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers));
    }

    private static String words(Member member) {
        String words = Modifier.isStatic(member.getModifiers()) ? "static" : "instance";
        return member instanceof Method method && method.isDefault()
                ? "default"
                : Modifier.isAbstract(member.getModifiers()) ? "abstract" : words;
    }

    private static String call(Executable executable) {
        String parameters = Arrays.stream(executable.getGenericParameterTypes())
                .map(SpiSignatures::name)
                .collect(Collectors.joining(", ", "(", ")"));
        String thrown = Arrays.stream(executable.getGenericExceptionTypes())
                .map(SpiSignatures::name)
                .collect(Collectors.joining(", "));
        return parameters + (thrown.isEmpty() ? "" : " throws " + thrown);
    }

    private static String constant(Field field) {
        boolean inlined = field.getType() == String.class && Modifier.isStatic(field.getModifiers());
        try {
            return inlined ? " = " + field.get(null) : "";
        } catch (IllegalAccessException e) {
            throw new AssertionError(field.toString(), e);
        }
    }

    private static String name(Type type) {
        return type.getTypeName();
    }

    private static Class<?> load(String simpleName) {
        try {
            return Class.forName("dev.penstock.spi." + simpleName);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(simpleName, e);
        }
    }
}
