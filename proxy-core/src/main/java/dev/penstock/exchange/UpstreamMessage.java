// SPDX-License-Identifier: Apache-2.0
package dev.penstock.exchange;

import dev.penstock.config.AuthConfig;
import dev.penstock.config.InstanceConfig;
import dev.penstock.dialect.RequestFacts;
import dev.penstock.upstream.UpstreamRequest;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes a client's request into one for one instance: its path, its headers, exactly one credential, its model's name. Made
 * anew for each attempt, so nothing of one instance reaches another.
 *
 * <p>Immutable: without state.
 */
final class UpstreamMessage {
    /** Query parameters that carry a client's credential, which are consumed here. */
    private static final Set<String> CREDENTIAL_PARAMETERS =
            Set.of("key", "api_key", "api-key", "apikey", "access_token", "token");

    private UpstreamMessage() {}

    static UpstreamRequest build(
            ClientRequest request,
            RequestBody body,
            InstanceConfig instance,
            Optional<String> model,
            boolean askUsage) {
        List<UpstreamRequest.Header> headers = new ArrayList<>();
        for (Header header : HeaderRules.towardsUpstream(request.headers())) {
            headers.add(new UpstreamRequest.Header(header.name(), header.value()));
        }
        request.forwardedFor().ifPresent(value -> put(headers, "X-Forwarded-For", value));
        return new UpstreamRequest(
                request.method(),
                pathAndQuery(request.path(), request.query().orElse(""), instance),
                withOwn(headers, instance),
                content(body, model, askUsage));
    }

    /** A GET of our own, to see whether an instance is well. */
    static UpstreamRequest probe(String path, InstanceConfig instance) {
        return new UpstreamRequest(
                "GET", pathAndQuery(path, "", instance), withOwn(new ArrayList<>(), instance), ByteBuffer.allocate(0));
    }

    private static ByteBuffer content(RequestBody body, Optional<String> model, boolean askUsage) {
        RequestFacts facts = body.facts();
        byte[] bytes = body.bytes();
        if (model.isPresent() && askUsage) {
            bytes = facts.withModelAndUsage(bytes, model.get());
        } else if (model.isPresent()) {
            bytes = facts.withModel(bytes, model.get());
        } else if (askUsage) {
            bytes = facts.withUsage(bytes);
        }
        return ByteBuffer.wrap(bytes);
    }

    /** Adds what is the instance's own: its credential and its headers replace whatever of that name was there. */
    private static List<UpstreamRequest.Header> withOwn(List<UpstreamRequest.Header> headers, InstanceConfig instance) {
        put(headers, "Accept-Encoding", "identity");
        instance.headers().forEach((name, value) -> put(headers, name.toString(), value));
        switch (instance.auth()) {
            case AuthConfig.None ignored -> {}
            case AuthConfig.Bearer bearer ->
                put(headers, "Authorization", "Bearer " + bearer.token().reveal());
            case AuthConfig.Header header ->
                put(headers, header.name().toString(), header.value().reveal());
            case AuthConfig.Query ignored -> {}
        }
        return headers;
    }

    private static void put(List<UpstreamRequest.Header> headers, String name, String value) {
        headers.removeIf(header -> header.name().equalsIgnoreCase(name));
        headers.add(new UpstreamRequest.Header(name, value));
    }

    private static String pathAndQuery(String requestPath, String requestQuery, InstanceConfig instance) {
        String path = basePath(instance.url(), requestPath) + requestPath;
        String query = Arrays.stream(requestQuery.split("&", -1))
                .filter(parameter -> !parameter.isEmpty() && !isCredential(parameter))
                .collect(Collectors.joining("&"));
        if (instance.auth() instanceof AuthConfig.Query auth) {
            String parameter = encode(auth.name()) + "=" + encode(auth.value().reveal());
            query = query.isEmpty() ? parameter : query + "&" + parameter;
        }
        return query.isEmpty() ? path : path + "?" + query;
    }

    /**
     * The path of the instance's URL goes before the request's. Providers document base URLs that end in {@code /v1} while every
     * path here begins with it; it is then not said twice.
     */
    private static String basePath(URI url, String path) {
        String base = url.getRawPath() == null ? "" : url.getRawPath();
        while (base.endsWith("/")) {
            base = base.substring(0, base.length() - 1);
        }
        return base.endsWith("/v1") && path.startsWith("/v1/") ? base.substring(0, base.length() - 3) : base;
    }

    private static boolean isCredential(String parameter) {
        int equals = parameter.indexOf('=');
        String name = equals < 0 ? parameter : parameter.substring(0, equals);
        return CREDENTIAL_PARAMETERS.contains(decode(name).toLowerCase(Locale.ROOT));
    }

    /** An escaped name is the same name to the upstream. One that cannot be decoded is no name that we know. */
    private static String decode(String name) {
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
