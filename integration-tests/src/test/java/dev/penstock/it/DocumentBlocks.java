// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of a document, in their order, each with what the comment on the line before says of it. Immutable. */
record DocumentBlocks(String text, List<Block> blocks) {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^(?:<!-- ([^\\n]*?) -->\\n)?```([a-z]+)\\n(.*?)^```$");

    DocumentBlocks {
        blocks = List.copyOf(blocks);
    }

    /** One block. Immutable. */
    record Block(String mark, String language, String body) {}

    /** Reads a document, named from the top of the source tree. */
    static DocumentBlocks of(String document) {
        String text = read(document);
        var blocks = new ArrayList<Block>();
        Matcher found = BLOCK.matcher(text);
        while (found.find()) {
            String mark = found.group(1) == null ? "" : found.group(1);
            blocks.add(new Block(mark, found.group(2), found.group(3)));
        }
        return new DocumentBlocks(text, blocks);
    }

    private static String read(String document) {
        Path file = Distribution.module().resolveSibling(document);
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
