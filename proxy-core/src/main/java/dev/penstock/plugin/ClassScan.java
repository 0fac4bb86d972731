// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugin;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks into the classes of a plugin without loading them: for classes of a newer Java, and for calls that would end the
 * process or load native code, which nothing can forbid any more.
 *
 * <p>Confined to the thread that loads.
 */
final class ClassScan {
    private static final int HEADER = 8;
    private static final int FIRST_JAVA = 44; // class files of Java 1 have version 45
    private static final Map<String, Set<String>> SUSPECT = Map.of(
            "java/lang/System", Set.of("exit", "load", "loadLibrary"),
            "java/lang/Runtime", Set.of("exit", "halt", "load", "loadLibrary"));

    private final List<String> warnings = new ArrayList<>();

    /** Looks at one class file. */
    void look(String entry, byte[] bytes) throws JarProblem {
        if (bytes.length < HEADER || ByteBuffer.wrap(bytes).getInt() != 0xCAFEBABE) {
            throw new JarProblem(entry + " is not a class file");
        }
        int java = ByteBuffer.wrap(bytes).getShort(6) - FIRST_JAVA;
        int running = Runtime.version().feature();
        if (java > running) {
            throw new JarProblem(entry + " was compiled for Java " + java + ", and this is Java " + running
                    + ": compile with --release " + running);
        }
        suspect(entry, bytes);
    }

    private void suspect(String entry, byte[] bytes) {
        try {
            ClassModel model = ClassFile.of().parse(bytes);
            for (PoolEntry constant : model.constantPool()) {
                if (constant instanceof MethodRefEntry method && isSuspect(method)) {
                    warnings.add(
                            entry + " calls " + method.owner().asInternalName().replace('/', '.') + "."
                                    + method.name().stringValue());
                }
            }
        } catch (IllegalArgumentException e) {
            warnings.add(entry + " cannot be looked into: " + e.getMessage());
        }
    }

    private static boolean isSuspect(MethodRefEntry method) {
        return SUSPECT.getOrDefault(method.owner().asInternalName(), Set.of())
                .contains(method.name().stringValue());
    }

    /** What an operator should know. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }
}
