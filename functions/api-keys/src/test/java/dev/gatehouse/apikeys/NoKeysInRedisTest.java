// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.apikeys;

import static dev.gatehouse.apikeys.KeyCaller.ACME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.redis.LinkOnClock;
import dev.gatehouse.testkit.logs.LogCapture;
import dev.gatehouse.testkit.redis.RedisProcess;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Neither what is sent to Redis, nor what is in it, nor a log shows the text of a key; and no name shows its owner. */
class NoKeysInRedisTest {

    /** The length of a part of a secret that must not occur. */
    private static final int TOO_MUCH = 12;

    private static final AtomicLong NOW = new AtomicLong(1_790_000_000_000_000L);

    private static final List<Function<String, String>> FORMS = List.of(
            text -> text,
            text -> HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII)),
            text -> Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII)));

    @Test
    void onlyDigestsLeaveTheProcess() {
        var shown = new ArrayList<String>();
        var keys = new ArrayList<KeyCaller.Made>();
        try (var log = LogCapture.recordBytesToo();
                var redis = RedisProcess.start();
                var link = LinkOnClock.toServer(redis.port(), NOW::get);
                var monitor = redis.connect()) {
            monitor.call("MONITOR");
            var caller = new KeyCaller(new RedisIssuedKeys(link), "tenant");
            var made = caller.issued(ACME, "a");
            keys.add(made);
            caller.verify(made.presented(), "a");
            keys.add(caller.rotated(made.id(), 60));
            caller.patch(made.id(), new KeyPatch("n", null, null, null));
            caller.list(ACME);
            caller.verify(PresentedKey.parse("foreign-key-text").orElseThrow());
            caller.issue(IssueRequest.ofImport(
                    ACME, KeyDigest.of("foreign-key-text"), KeyDetails.NONE, OptionalLong.empty()));
            caller.verify(PresentedKey.parse("foreign-key-text").orElseThrow());
            for (var name : (List<?>) redis.cli("KEYS", "*")) {
                assertThat((String) name).startsWith("gh:{tenant:").doesNotContain("acme", "nightly");
                shown.add((String) name);
                shown.add(String.valueOf(
                        ((String) name).endsWith(":ki")
                                ? redis.cli("GET", (String) name)
                                : redis.cli("HGETALL", (String) name)));
            }
            caller.revoke(made.id());
            redis.cli("ECHO", "the end");
            for (var line = ""; !line.contains("the end"); ) {
                line = (String) monitor.read();
                shown.add(line);
            }
            shown.add(log.text());
        }
        var all = String.join("\n", shown);

        assertThat(all).contains(keys.getFirst().presented().digest().base64url());
        assertThat(all).doesNotContain("foreign-key-text");
        for (var made : keys) {
            assertThat(parts(made.text())).noneMatch(all::contains);
        }
    }

    @Test
    void theScanFindsAKeyHoweverItIsWritten() {
        var text = KeySecret.random(ACME).text("gk");
        for (var form : FORMS) {
            var secret = text.substring(3 + KeySecret.TAG_DIGITS);
            assertThat(parts(text)).anyMatch(("before" + form.apply(secret) + "behind")::contains);
        }
    }

    /** Returns all parts of a key behind the tag of its owner, in each form. */
    private static Stream<String> parts(String text) {
        var secret = text.substring(3 + KeySecret.TAG_DIGITS);
        return FORMS.stream().map(form -> form.apply(secret)).flatMap(form -> Stream.iterate(
                        0, i -> i + TOO_MUCH <= form.length(), i -> i + 1)
                .map(i -> form.substring(i, i + TOO_MUCH)));
    }
}
