// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.jobs.delivery;

import dev.gatehouse.redis.config.InvalidSetting;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The secret that signs requests as <a href="https://www.standardwebhooks.com">Standard Webhooks</a> define it: HMAC-SHA256 over
 * id, time and body. During a rotation there are two, and a request has a signature of each.
 */
public final class WebhookSecret {

    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MIN_BYTES = 24;
    private static final int MAX_BYTES = 64;

    private final List<SecretKeySpec> keys;

    private WebhookSecret(List<SecretKeySpec> keys) {
        this.keys = keys;
    }

    /**
     * Reads one secret, or two with a space between them: each {@code whsec_} and the Base64 of {@value #MIN_BYTES} to {@value
     * #MAX_BYTES} bytes.
     *
     * @param setting the name of the setting, for the error
     * @throws InvalidSetting if {@code text} is no such secret; the message omits it
     */
    public static WebhookSecret parse(String setting, String text) {
        var words = text.strip().split(" +");
        if (words.length > 2) {
            throw invalid(setting);
        }
        return new WebhookSecret(
                Stream.of(words).map(word -> key(setting, word)).toList());
    }

    private static SecretKeySpec key(String setting, String word) {
        try {
            var bytes =
                    word.startsWith(PREFIX) ? Base64.getDecoder().decode(word.substring(PREFIX.length())) : new byte[0];
            if (bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES) {
                return new SecretKeySpec(bytes, ALGORITHM);
            }
        } catch (IllegalArgumentException _) {
            // Reported below, like a secret of another length.
        }
        throw invalid(setting);
    }

    private static InvalidSetting invalid(String setting) {
        return new InvalidSetting(
                setting,
                "must be " + PREFIX + " and the Base64 of " + MIN_BYTES + " to " + MAX_BYTES
                        + " random bytes, or two of these with a space between them");
    }

    /** Returns the header {@code webhook-signature} of a request. */
    String signatures(String id, long epochSeconds, byte[] body) {
        return keys.stream()
                .map(key -> "v1," + Base64.getEncoder().encodeToString(digest(key, id, epochSeconds, body)))
                .collect(Collectors.joining(" "));
    }

    private static byte[] digest(SecretKeySpec key, String id, long epochSeconds, byte[] body) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update((id + "." + epochSeconds + ".").getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new AssertionError("every Java platform has " + ALGORITHM, e);
        }
    }

    /** Leaves out the secrets. */
    @Override
    public String toString() {
        return "WebhookSecret[…]";
    }
}
