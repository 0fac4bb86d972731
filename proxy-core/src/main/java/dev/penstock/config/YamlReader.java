// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads one YAML document into nodes that remember their place. No value is given a type here: {@code no}, {@code 010} and {@code 1:30}
 * stay the text they are. Size, depth, aliases and node count are bounded. Confined to the thread that loads.
 */
final class YamlReader {
    private static final int LARGEST = 1 << 20;
    private static final int DEEPEST = 40;
    private static final int MOST_NODES = 100_000;
    private static final int MOST_ALIASES = 50;

    private final Source source;
    private final Function<ConfigNode.Scalar, ConfigNode> expand;
    private final ConfigProblems problems;
    private int nodes;

    YamlReader(Source source, Function<ConfigNode.Scalar, ConfigNode> expand, ConfigProblems problems) {
        this.source = source;
        this.expand = expand;
        this.problems = problems;
    }

    /** The root; broken if the text is not one YAML document. */
    ConfigNode read(String text) {
        Origin start = new Origin.InFile(source, 1, 1);
        if (text.length() > LARGEST) {
            problems.error(start, "", "the file is larger than 1MiB");
            return new ConfigNode.Broken("", start);
        }
        try {
            return onlyDocument(
                    new Yaml(options()).composeAll(new StringReader(text)).iterator(), start);
        } catch (MarkedYAMLException malformed) {
            Mark mark = YamlMistake.place(malformed);
            problems.error(mark == null ? start : at(mark), "", YamlMistake.explain(malformed, source));
        } catch (YAMLException refused) {
            problems.error(start, "", YamlMistake.explain(refused));
        } catch (TooLarge bomb) {
            problems.error(start, "", "the file is too large or too deep once its aliases are expanded");
        }
        return new ConfigNode.Broken("", start);
    }

    private static LoaderOptions options() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(LARGEST);
        options.setNestingDepthLimit(DEEPEST);
        options.setMaxAliasesForCollections(MOST_ALIASES);
        options.setAllowRecursiveKeys(false);
        return options;
    }

    private ConfigNode onlyDocument(Iterator<Node> documents, Origin start) {
        if (!documents.hasNext()) {
            return new ConfigNode.Empty("", start);
        }
        ConfigNode root = convert(documents.next(), "", 0);
        if (documents.hasNext()) {
            problems.error(
                    at(documents.next().getStartMark()),
                    "",
                    "a second document begins before this; remove the --- line");
        }
        return root;
    }

    private ConfigNode convert(Node node, String path, int depth) {
        if (++nodes > MOST_NODES || depth > DEEPEST) {
            throw new TooLarge();
        }
        Origin origin = at(node.getStartMark());
        if (!node.getTag().getValue().startsWith(Tag.PREFIX) || node.getTag().equals(Tag.BINARY)) {
            problems.error(origin, path, "has the tag " + node.getTag().getValue() + "; tags are not supported");
            return new ConfigNode.Broken(path, origin);
        }
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar, path, origin);
            case SequenceNode sequence -> sequence(sequence, path, origin, depth);
            case MappingNode mapping -> mapping(mapping, path, origin, depth);
            default -> throw new YAMLException("unknown kind of node " + node.getNodeId());
        };
    }

    private ConfigNode scalar(ScalarNode node, String path, Origin origin) {
        boolean plain = node.getScalarStyle() == ScalarStyle.PLAIN;
        if (plain && node.getTag().equals(Tag.NULL)) {
            return new ConfigNode.Empty(path, origin);
        }
        return expand.apply(new ConfigNode.Scalar(path, origin, node.getValue(), !plain, false));
    }

    private ConfigNode sequence(SequenceNode node, String path, Origin origin, int depth) {
        List<ConfigNode> items = new ArrayList<>();
        for (Node item : node.getValue()) {
            items.add(convert(item, path + "[" + items.size() + "]", depth + 1));
        }
        return new ConfigNode.Sequence(path, origin, items);
    }

    private ConfigNode mapping(MappingNode node, String path, Origin origin, int depth) {
        List<ConfigNode.Entry> entries = new ArrayList<>();
        Map<String, Integer> lines = new HashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            Node key = tuple.getKeyNode();
            Origin place = at(key.getStartMark());
            if (!(key instanceof ScalarNode name) || key.getTag().equals(Tag.MERGE)) {
                problems.error(
                        place,
                        path,
                        key instanceof ScalarNode ? "merge keys (<<) are not supported" : "a key must be a word");
                continue;
            }
            String child = path.isEmpty() ? name.getValue() : path + "." + name.getValue();
            Integer first =
                    lines.putIfAbsent(name.getValue(), key.getStartMark().getLine() + 1);
            if (first != null) {
                problems.error(place, child, "this key is already there at line " + first);
                continue;
            }
            entries.add(new ConfigNode.Entry(name.getValue(), place, convert(tuple.getValueNode(), child, depth + 1)));
        }
        return new ConfigNode.Mapping(path, origin, entries);
    }

    private Origin.InFile at(Mark mark) {
        return new Origin.InFile(source, mark.getLine() + 1, mark.getColumn() + 1);
    }

    /** Aliases that unfold into more than a configuration can be. */
    private static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
