// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.validation.InvalidArgument;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ClaimBoundsTest {

    @Test
    void valuesOutOfBoundsAreRejectedWithTheirField() {
        assertRefused("key", () -> new IdempotencyKey("", ""));
        assertRefused("key", () -> new IdempotencyKey("", "x".repeat(256)));
        assertRefused("key", () -> new IdempotencyKey("", "a b"));
        assertRefused("key", () -> new IdempotencyKey("", "ü"));
        assertRefused("key", () -> new IdempotencyKey("", "a\n"));
        assertRefused("scope", () -> new IdempotencyKey("a b", "k"));
        assertRefused("scope", () -> new IdempotencyKey("x".repeat(129), "k"));
        assertRefused("owner", () -> new Owner(""));
        assertRefused("owner", () -> new Owner("x".repeat(129)));
        assertRefused("fingerprint", () -> new Fingerprint("x".repeat(256)));
        assertRefused("fingerprint", () -> new Fingerprint("a b"));
        assertRefused("leaseMillis", () -> new ClaimLease(0));
        assertRefused("leaseMillis", () -> new ClaimLease(ClaimLease.MAX_MILLIS + 1));
        assertRefused("ttlSeconds", () -> new Lifetime(0));
        assertRefused("ttlSeconds", () -> new Lifetime(Lifetime.MAX_SECONDS + 1));
        assertRefused("response.status", () -> new Response(99, List.of(), ResponseBody.EMPTY));
        assertRefused("response.status", () -> new Response(600, List.of(), ResponseBody.EMPTY));
        assertRefused("response.headers", () -> new ResponseHeader("", "v"));
        assertRefused("response.headers", () -> new ResponseHeader("a b", "v"));
        assertRefused("response.headers", () -> new ResponseHeader("a", "b\r\nc: d"));
        assertRefused("response.headers", () -> new ResponseHeader("a", "\u20ac"));
        assertRefused("response.headers", () -> new ResponseHeader("a", "x".repeat(8193)));
        var header = new ResponseHeader("a", "b");
        assertRefused("response.headers", () -> new Response(200, Collections.nCopies(65, header), ResponseBody.EMPTY));
        assertRefused(
                "response.body",
                () -> new Response(200, List.of(), ResponseBody.of(new byte[Response.MAX_BODY_BYTES + 1])));
        assertRefused("response.body", () -> ResponseBody.of("half of a pair: \ud83d"));
    }

    @Test
    void noTextContainsTheCallersData() {
        var secret = "s3cret";
        var key = new IdempotencyKey(secret, secret);
        for (var printed : List.<Object>of(
                key,
                new Owner(secret),
                new Claim(key, new Owner(secret)),
                ResponseBody.of(secret),
                new Response(200, List.of(new ResponseHeader("A", secret)), ResponseBody.of(secret)),
                key.redisKey("tenant"))) {
            assertThat(printed.toString()).doesNotContain(secret);
        }
    }

    @Test
    void hopByHopHeadersAndCookiesAreNotStored() {
        var headers = new ArrayList<ResponseHeader>();
        for (var name : List.of(
                "Connection", "KEEP-ALIVE", "X-Hop", "set-cookie", "Transfer-Encoding", "Upgrade", "TE", "Trailer")) {
            headers.add(new ResponseHeader(name, name.equals("Connection") ? "close, x-hop ,," : "v"));
        }
        var location = new ResponseHeader("Location", "/7");
        headers.add(3, location);

        assertThat(new Response(200, headers, ResponseBody.EMPTY).forReplay())
                .isEqualTo(new Response(200, List.of(location), ResponseBody.EMPTY));
    }

    @Test
    void bytesAreTextIfTheyAreUtf8() {
        assertThat(ResponseBody.guessed("größe".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(ResponseBody.of("größe"));
        assertThat(ResponseBody.guessed(new byte[] {(byte) 0xff})).isEqualTo(ResponseBody.of(new byte[] {(byte) 0xff}));
        assertThat(ResponseBody.of("a")).isNotEqualTo(ResponseBody.of(new byte[] {'a'}));
    }

    private static void assertRefused(String field, ThrowingCallable making) {
        assertThatThrownBy(making).isInstanceOfSatisfying(InvalidArgument.class, invalid -> assertThat(invalid.field())
                .isEqualTo(field));
    }
}
