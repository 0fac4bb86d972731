// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/** A request as bytes, made from lines; nothing is checked or added but what is asked for. Immutable: each method gives another request. */
public final class RawRequest {
    private final String method;
    private final String target;
    private final List<String> headerLines;
    private final byte[] body;

    private RawRequest(String method, String target, List<String> headerLines, byte[] body) {
        this.method = method;
        this.target = target;
        this.headerLines = List.copyOf(headerLines);
        this.body = body;
    }

    public static RawRequest of(String method, String target) {
        return new RawRequest(method, target, List.of("Host: localhost"), new byte[0]);
    }

    public static RawRequest get(String target) {
        return of("GET", target);
    }

    /** A POST of JSON with its length. */
    public static RawRequest postJson(String target, String json) {
        return of("POST", target).header("Content-Type", "application/json").withBody(json.getBytes(UTF_8));
    }

    public RawRequest header(String name, String value) {
        var lines = new ArrayList<>(headerLines);
        lines.add(name + ": " + value);
        return new RawRequest(method, target, lines, body);
    }

    /** Drops every line of that name. */
    public RawRequest without(String name) {
        var lines = headerLines.stream()
                .filter(line -> !line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .toList();
        return new RawRequest(method, target, lines, body);
    }

    /** Who is calling, in the lab. */
    public RawRequest consumer(String name) {
        return without("x-lab-consumer").header("x-lab-consumer", name);
    }

    public RawRequest withBody(byte[] bytes) {
        var counted = without("content-length").header("Content-Length", Integer.toString(bytes.length));
        return new RawRequest(method, target, counted.headerLines, bytes);
    }

    public RawRequest method(String other) {
        return new RawRequest(other, target, headerLines, body);
    }

    public RawRequest target(String other) {
        return new RawRequest(method, other, headerLines, body);
    }

    String method() {
        return method;
    }

    /** The head alone, with the empty line. */
    public byte[] headBytes() {
        String head = method + " " + target + " HTTP/1.1\r\n" + String.join("\r\n", headerLines) + "\r\n\r\n";
        return head.getBytes(ISO_8859_1);
    }

    public byte[] bytes() {
        byte[] head = headBytes();
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }
}
