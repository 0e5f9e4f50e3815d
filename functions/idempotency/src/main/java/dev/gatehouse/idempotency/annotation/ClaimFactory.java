// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency.annotation;

import dev.gatehouse.codec.ByteBuilder;
import dev.gatehouse.codec.Sha256;
import dev.gatehouse.idempotency.Claim;
import dev.gatehouse.idempotency.ClaimRequest;
import dev.gatehouse.idempotency.Fingerprint;
import dev.gatehouse.idempotency.IdempotencyKey;
import dev.gatehouse.idempotency.Owner;
import dev.gatehouse.web.Problem;
import dev.gatehouse.web.RequestId;
import dev.gatehouse.web.StructuredField;
import dev.gatehouse.web.Tenant;
import io.micronaut.context.annotation.Requires;
import io.micronaut.core.annotation.AnnotationMetadata;
import io.micronaut.http.BasicHttpAttributes;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.body.ByteBody;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Derives the claim of a request: its key, scoped to route and user, with a fingerprint of the whole request. */
@Singleton
@Requires(classes = Problem.class)
final class ClaimFactory {

    static final String HEADER = "Idempotency-Key";

    /** Returns the bytes of the body, which the controller can still read. */
    CompletionStage<byte[]> read(HttpRequest<?> request) {
        if (!(request instanceof ServerHttpRequest<?> server)) {
            return CompletableFuture.completedStage(new byte[0]);
        }
        return server.byteBody()
                .split(ByteBody.SplitBackpressureMode.FASTEST)
                .buffer()
                .thenApply(body -> {
                    try (body) {
                        return body.toByteArray();
                    }
                });
    }

    String tenant(HttpRequest<?> request) {
        return request.getAttribute(Tenant.class.getName(), Tenant.class)
                .map(Tenant::name)
                .orElse(IdempotentBeans.TENANT);
    }

    /**
     * Returns the claim; empty without a key.
     *
     * @throws dev.gatehouse.validation.InvalidArgument if the key is malformed
     */
    Optional<ClaimRequest> claim(HttpRequest<?> request, AnnotationMetadata method, byte[] body, RequestId requestId) {
        var headers = request.getHeaders().getAll(HEADER);
        if (headers.isEmpty()) {
            return Optional.empty();
        }
        // A malformed or repeated header becomes an empty key, which is invalid.
        var key = headers.size() == 1 ? StructuredField.stringOf(headers.getFirst()) : null;
        var claim = new Claim(new IdempotencyKey(scope(request), key == null ? "" : key), Owner.random());
        return Optional.of(new ClaimRequest(
                claim,
                new Fingerprint(digest(
                        request.getMethodName().getBytes(StandardCharsets.UTF_8),
                        request.getUri().toString().getBytes(StandardCharsets.UTF_8),
                        body)),
                requestId.value(),
                IdempotentSettings.lease(method),
                IdempotentSettings.lifetime(method)));
    }

    private static String scope(HttpRequest<?> request) {
        var route = request.getMethodName()
                + " "
                + BasicHttpAttributes.getUriTemplate(request).orElse("");
        var user = request.getUserPrincipal().map(Principal::getName).orElse("");
        return digest(route.getBytes(StandardCharsets.UTF_8), user.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns a digest of the parts, each prefixed with its length, so that their boundaries are unambiguous. */
    private static String digest(byte[]... parts) {
        var joined = new ByteBuilder(256);
        for (var part : parts) {
            joined.put(part.length + ":").put(part);
        }
        return Sha256.base64Url(joined.toArray());
    }
}
