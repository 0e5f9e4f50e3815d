// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.session.StoredSession.Certainty;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The last {@value #MAX} tokens of a session that were replaced, newest first.
 *
 * @param nonce derives the current token from the first of them
 */
record ReplacedTokens(List<ReplacedToken> tokens, SecretBytes nonce) {

    /** The number of replaced tokens whose reuse is detected. */
    static final int MAX = 8;

    static final ReplacedTokens NONE = new ReplacedTokens(List.of(), SecretBytes.NONE);

    /**
     * @param replacedAt the time of the rotation in microseconds
     * @param graceEnds the end of the grace period in microseconds; 0 once the reuse was reported
     */
    record ReplacedToken(SecretBytes digest, Certainty certainty, long replacedAt, long graceEnds) {

        boolean isReusedAt(long now) {
            return now >= graceEnds;
        }

        boolean isReported() {
            return graceEnds == 0;
        }

        ReplacedToken reported() {
            return new ReplacedToken(digest, certainty, replacedAt, 0);
        }

        ReplacedToken movedBack(long step) {
            return isReported()
                    ? this
                    : new ReplacedToken(
                            digest, certainty.movedBack(step), replacedAt - step, Math.max(1, graceEnds - step));
        }
    }

    ReplacedTokens with(ReplacedToken last, SecretBytes nonce) {
        return new ReplacedTokens(
                Stream.concat(Stream.of(last), tokens.stream()).limit(MAX).toList(), nonce);
    }

    ReplacedTokens withReported(ReplacedToken reused) {
        return new ReplacedTokens(
                tokens.stream()
                        .map(token -> token.equals(reused) ? token.reported() : token)
                        .toList(),
                nonce);
    }

    /** Returns the time of the last rotation in microseconds; 0 if there was none, or once the reuse was reported. */
    long lastRotation() {
        return tokens.isEmpty() || tokens.getFirst().isReported() ? 0 : tokens.getFirst().replacedAt;
    }

    /** Returns the tokens with the last rotation so much earlier. */
    ReplacedTokens movedBack(long step) {
        return tokens.isEmpty()
                ? this
                : new ReplacedTokens(tokens.subList(1, tokens.size()), nonce)
                        .with(tokens.getFirst().movedBack(step), nonce);
    }

    Optional<ReplacedToken> find(SecretBytes digest) {
        return tokens.stream().filter(token -> token.digest.equals(digest)).findFirst();
    }

    /** Returns whether this is the token that was replaced last, in its grace period. */
    boolean isInGrace(SecretBytes digest, long now) {
        return !tokens.isEmpty() && tokens.getFirst().digest.equals(digest) && now < tokens.getFirst().graceEnds;
    }
}
