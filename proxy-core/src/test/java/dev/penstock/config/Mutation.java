// SPDX-License-Identifier: Apache-2.0
package dev.penstock.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** One slip somewhere in a tree of maps and lists: a key misspelt, dropped or added, or a value replaced. Confined to one thread. */
final class Mutation {
    private static final List<Object> VALUES = List.of(
            5,
            -1,
            0,
            1.5,
            true,
            "true",
            "5",
            "off",
            "5s",
            "0s",
            "64KiB",
            "0B",
            "20%",
            "x y",
            "",
            "peer",
            "abort",
            "/v1",
            "127.0.0.1:80",
            List.of(),
            List.of("a"),
            Map.of(),
            Map.of("zzz", 1));

    private final Random random;
    private int countdown;
    private String story = "nothing";

    Mutation(Random random) {
        this.random = random;
    }

    Object apply(Object tree) {
        countdown = random.nextInt(size(tree));
        return visit(tree, "");
    }

    private static int size(Object tree) {
        return switch (tree) {
            case Map<?, ?> map -> map.values().stream().mapToInt(Mutation::size).sum() + map.size();
            case List<?> list -> list.stream().mapToInt(Mutation::size).sum() + list.size();
            default -> 0;
        };
    }

    private Object visit(Object tree, String path) {
        return switch (tree) {
            case Map<?, ?> map -> visitMap(map, path);
            case List<?> list -> visitList(list, path);
            default -> tree;
        };
    }

    private Object visitList(List<?> list, String path) {
        List<Object> result = new ArrayList<>();
        for (Object item : list) {
            result.add(countdown-- == 0 ? replacement(path + "[]") : visit(item, path + "[]"));
        }
        return result;
    }

    private Object visitMap(Map<?, ?> map, String path) {
        Map<Object, Object> result = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            String here = path + "." + key;
            if (countdown-- != 0) {
                result.put(key, visit(value, here));
                return;
            }
            switch (random.nextInt(6)) {
                case 0 -> story = here + " dropped";
                case 1 -> {
                    story = here + " misspelt";
                    result.put(key + "x", value);
                }
                case 2 -> {
                    story = here + " joined by a stranger";
                    result.put(key, value);
                    result.put("stranger", 1);
                }
                default -> result.put(key, replacement(here));
            }
        });
        return result;
    }

    private Object replacement(String path) {
        Object value = VALUES.get(random.nextInt(VALUES.size()));
        story = path + " replaced by " + value.getClass().getSimpleName() + " " + value;
        return value;
    }

    @Override
    public String toString() {
        return story;
    }
}
