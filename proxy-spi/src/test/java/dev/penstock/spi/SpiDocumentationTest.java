// SPDX-License-Identifier: Apache-2.0

package dev.penstock.spi;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** The SPI is the product: nothing public goes without a word, and no type without an example. */
final class SpiDocumentationTest {

    @Test
    void everyPublicTypeAndMemberIsDocumented() throws IOException {
        List<String> bare = new ArrayList<>();
        scan((unit, docs) -> new TreePathScanner<Void, Void>() {
            @Override
            public Void visitClass(ClassTree type, Void unused) {
                check(type, type.getModifiers().getFlags(), type.getSimpleName().toString());
                return super.visitClass(type, null);
            }

            @Override
            public Void visitMethod(MethodTree method, Void unused) {
                check(method, method.getModifiers().getFlags(), method.getName().toString());
                return null;
            }

            @Override
            public Void visitVariable(VariableTree field, Void unused) {
                check(field, field.getModifiers().getFlags(), field.getName().toString());
                return null;
            }

            private void check(Tree tree, Set<Modifier> flags, String name) {
                Set<Modifier> hidden = EnumSet.copyOf(List.of(Modifier.PRIVATE));
                boolean open = isOpen(flags, getCurrentPath()) && flags.stream().noneMatch(hidden::contains);
                if (open && docs.getDocComment(getCurrentPath()) == null) {
                    bare.add(unit.getSourceFile().getName() + ": " + name + " " + tree.getKind());
                }
            }
        });
        assertThat(bare).isEmpty();
    }

    @Test
    void everyTypeHasAnExample() throws IOException {
        List<String> bare = new ArrayList<>();
        scan((unit, docs) -> new TreePathScanner<Void, Void>() {
            @Override
            public Void visitClass(ClassTree type, Void unused) {
                String comment = docs.getDocComment(getCurrentPath());
                boolean open = type.getModifiers().getFlags().contains(Modifier.PUBLIC);
                if (open && (comment == null || !comment.contains("<pre>{@code"))) {
                    bare.add(type.getSimpleName().toString());
                }
                return null;
            }
        });
        assertThat(bare).isEmpty();
    }

    /** Public, or a member of a public interface, record or enum, at any depth; a constructor of an enum is not. */
    private static boolean isOpen(Set<Modifier> flags, TreePath path) {
        Tree parent = path.getParentPath().getLeaf();
        if (!(parent instanceof ClassTree owner)) {
            return flags.contains(Modifier.PUBLIC);
        }
        if (!isOpen(owner.getModifiers().getFlags(), path.getParentPath())) {
            return false;
        }
        boolean constant = owner.getKind() == Tree.Kind.ENUM && path.getLeaf() instanceof VariableTree;
        return flags.contains(Modifier.PUBLIC) || constant || owner.getKind() == Tree.Kind.INTERFACE;
    }

    private static void scan(Visitor visitor) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> sources = Files.list(Path.of("src/main/java/dev/penstock/spi"))) {
            List<Path> java = sources.filter(file -> !file.endsWith("package-info.java"))
                    .sorted()
                    .toList();
            JavacTask task = (JavacTask)
                    compiler.getTask(null, files, null, null, null, files.getJavaFileObjectsFromPaths(java));
            DocTrees docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                visitor.of(unit, docs).scan(unit, null);
            }
        }
    }

    /** Makes the scanner of one file. */
    private interface Visitor {
        TreePathScanner<Void, Void> of(CompilationUnitTree unit, DocTrees docs);
    }
}
