// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.redis.HashTag;
import dev.gatehouse.session.Attributes.Attribute;
import dev.gatehouse.session.Attributes.Attribute.Members;
import dev.gatehouse.session.Attributes.Attribute.Value;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.session.StoredSession.Lifespan;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SessionBoundsTest {

    private static final UserId ADA = new UserId("ada");

    @Test
    void valuesOutOfBoundsAreRejectedWithTheirField() {
        assertRefused("userId", () -> new UserId(""));
        assertRefused("userId", () -> new UserId("x".repeat(257)));
        assertRefused("userId", () -> new UserId("half of a pair: \ud83d"));
        assertRefused("graceSeconds", () -> new Grace(-1));
        assertRefused("graceSeconds", () -> new Grace(Grace.MAX_SECONDS + 1));
        assertRefused("actor", () -> UserId.of("actor", ""));
        assertRefused("level", () -> new Rotation.Grant("", 1));
        assertRefused("level", () -> new Rotation.Grant("x".repeat(33), 1));
        assertRefused("level", () -> new Rotation.Grant("two words", 1));
        assertRefused("seconds", () -> new Rotation.Grant("strong", 0));
        assertRefused("seconds", () -> new Rotation.Grant("strong", Rotation.Grant.MAX_SECONDS + 1));
        assertRefused("device.name", () -> new Device("x".repeat(129), null, null));
        assertRefused("device.userAgent", () -> new Device(null, "x".repeat(513), null));
        assertRefused("device.ip", () -> new Device(null, null, "x".repeat(46)));
        assertRefused("device.name", () -> new Device("\udc00", null, null));
        assertRefused("idleSeconds", () -> request(0, 1, 1));
        assertRefused("idleSeconds", () -> request(SessionRequest.MAX_SECONDS + 1, 1, 1));
        assertRefused("absoluteSeconds", () -> request(1, 0, 1));
        assertRefused("absoluteSeconds", () -> request(1, SessionRequest.MAX_SECONDS + 1, 1));
        assertRefused("maxSessions", () -> request(1, 1, 0));
        assertRefused("maxSessions", () -> request(1, 1, SessionRequest.MOST_SESSIONS + 1));
        assertRefused("attributes", () -> nested(Attributes.MAX_DEPTH + 1));
        assertRefused("attributes", () -> new Attributes(Map.of("\ud83d", new Value("1"))));
        assertRefused("attributes", () -> new Attributes(Map.of("a", new Value("\"\ud83d\""))));
        assertRefused("attributes", () -> new Attributes(Map.of("a", new Members(Map.of("\ud83d", new Value("1"))))));
        nested(Attributes.MAX_DEPTH);
    }

    @Test
    void lengthsCountCharactersAndNotTheirUnitsInUtf16() {
        var emoji = "\uD83D\uDE42";

        assertThat(new UserId(emoji.repeat(UserId.MAX_LENGTH)).value()).hasSize(2 * UserId.MAX_LENGTH);
        assertRefused("userId", () -> new UserId(emoji.repeat(UserId.MAX_LENGTH + 1)));
        assertThat(new Device(emoji.repeat(Device.MAX_NAME), null, null).name()).hasSize(2 * Device.MAX_NAME);
        assertRefused("device.name", () -> new Device(emoji.repeat(Device.MAX_NAME + 1), null, null));
    }

    @Test
    void aTokenBelongsToItsUser() {
        var token = SessionToken.random(new UserId("grace"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SessionRequest(
                        token, ADA, Attributes.NONE, Device.UNKNOWN, 1, 1, 1, OnLimit.REJECT, null, null));
    }

    @Test
    void onlyWellFormedTokensAreParsed() {
        var token = SessionToken.random(ADA);
        var text = token.text();

        assertThat(text)
                .matches("[A-Za-z0-9_-]{12}\\.[A-Za-z0-9_-]{16}\\.[A-Za-z0-9_-]{43}")
                .startsWith(HashTag.of("ada"));
        assertThat(text).hasSize(SessionToken.LENGTH);
        assertThat(SessionToken.parse(text)).contains(token);
        assertThat(SessionId.parse(token.id().text())).contains(token.id());
        for (var none : List.of(
                "",
                ".",
                "..",
                text.substring(1),
                text + "A",
                text.replace('.', '-'),
                text.substring(0, 72) + "=",
                text.substring(0, 72) + "\n",
                text.substring(0, 72) + "é",
                " " + text.substring(1),
                text.substring(0, 12) + "A" + text.substring(13))) {
            assertThat(SessionToken.parse(none)).as(none).isEmpty();
        }
        for (var none : List.of(
                "", ".", text, token.id().text() + "A", token.id().text().substring(1))) {
            assertThat(SessionId.parse(none)).as(none).isEmpty();
        }
    }

    @Test
    void noTwoTokensAreAlike() {
        assertThat(IntStream.range(0, 1000)
                        .mapToObj(_ -> SessionToken.random(ADA).secret()))
                .doesNotHaveDuplicates();
        assertThat(IntStream.range(0, 1000)
                        .mapToObj(_ -> SessionToken.random(ADA).id()))
                .doesNotHaveDuplicates();
    }

    @Test
    void aSuccessorFollowsFromTheTokenAndTheNonceAlone() {
        var token = SessionToken.random(ADA);
        var nonce = SessionToken.nonce(Grace.DEFAULT, "strong");

        assertThat(token.successor(nonce)).isEqualTo(token.successor(nonce));
        assertThat(token.successor(nonce).id()).isEqualTo(token.id());
        assertThat(SessionToken.parse(token.successor(nonce).text())).contains(token.successor(nonce));
        assertThat(List.of(
                        token.secret(),
                        token.successor(nonce).secret(),
                        token.successor(SessionToken.nonce(Grace.DEFAULT, "strong"))
                                .secret(),
                        SessionToken.random(ADA).successor(nonce).secret()))
                .doesNotHaveDuplicates();
    }

    @Test
    void aNonceHasTheLevelThatItGrants() {
        assertThat(SessionToken.levelOf(SessionToken.nonce(Grace.DEFAULT, "strong")))
                .isEqualTo("strong");
        assertThat(SessionToken.levelOf(SessionToken.nonce(Grace.DEFAULT, ""))).isEmpty();
        assertThat(SessionToken.levelOf(SecretBytes.NONE)).isEmpty();
    }

    @Test
    void aTouchIsDueAfterAMinuteOrAThirtiethOfTheIdleTime() {
        var long_ = Lifespan.beginning(0, 7200_000_000L, 7200_000_000L);
        assertThat(long_.isTouchDue(59_999_999)).isFalse();
        assertThat(long_.isTouchDue(60_000_000)).isTrue();
        var brief = Lifespan.beginning(0, 10_000_000, 7200_000_000L);
        assertThat(brief.isTouchDue(333_333)).isFalse();
        assertThat(brief.isTouchDue(333_334)).isTrue();
    }

    @Test
    void noTextContainsPersonalDataOrSecrets() {
        var secret = "s3cret";
        var user = new UserId(secret);
        var token = SessionToken.random(user);
        var attributes = new Attributes(Map.of(secret, new Members(Map.of(secret, new Value(secret)))));
        var device = new Device(secret, secret, secret);
        var request = SessionRequest.of(user, attributes, device, 1, 1, 1, OnLimit.REJECT)
                .withActor(user);
        var session = new Session(
                token.id(),
                user,
                user,
                Instant.EPOCH,
                Instant.EPOCH,
                Instant.EPOCH,
                Instant.EPOCH,
                Instant.EPOCH,
                null,
                attributes,
                device,
                1);
        for (var printed : List.<Object>of(
                user,
                token,
                attributes,
                new Value(secret),
                new Members(Map.of(secret, new Value(secret))),
                device,
                request,
                session,
                new Creation.Created(session, 0),
                new Lookup.Found(session),
                new Rotation.Rotated(session, token),
                StoredSession.created(request, 0),
                token.digest(),
                SessionToken.nonce(Grace.DEFAULT, "strong"))) {
            assertThat(printed.toString())
                    .doesNotContain(secret)
                    .doesNotContain(token.secret())
                    .doesNotContain(request.token().secret());
        }
    }

    private static SessionRequest request(long idleSeconds, long absoluteSeconds, int maxSessions) {
        return SessionRequest.of(
                ADA, Attributes.NONE, Device.UNKNOWN, idleSeconds, absoluteSeconds, maxSessions, OnLimit.REJECT);
    }

    private static Attributes nested(int depth) {
        Attribute attribute = new Value("1");
        for (int n = 1; n < depth; n++) {
            attribute = new Members(Map.of("a", attribute));
        }
        return new Attributes(Map.of("a", attribute));
    }

    private static void assertRefused(String field, ThrowingCallable making) {
        assertThatThrownBy(making).isInstanceOfSatisfying(InvalidSession.class, invalid -> assertThat(invalid.field())
                .isEqualTo(field));
    }
}
