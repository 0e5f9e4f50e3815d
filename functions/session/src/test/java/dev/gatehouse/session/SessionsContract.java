package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.session.Attributes.Attribute;
import dev.gatehouse.session.Attributes.Attribute.Members;
import dev.gatehouse.session.Attributes.Attribute.Value;
import dev.gatehouse.session.Creation.Created;
import dev.gatehouse.session.Creation.LimitReached;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Patching.Absent;
import dev.gatehouse.session.Patching.Patched;
import dev.gatehouse.session.Patching.VersionDiffers;
import dev.gatehouse.session.Rotation.Rotated;
import dev.gatehouse.session.SessionRequest.OnLimit;
import dev.gatehouse.testkit.Threads;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What {@link Sessions} promises. Time stands still but where a test moves it. */
abstract class SessionsContract {

    static final long SECOND = 1_000_000;
    static final long HOUR = 3600;
    static final long DAY = 24 * HOUR;

    /** The time in microseconds, for the sessions of all tests. */
    static final AtomicLong NOW = new AtomicLong(1_790_000_000 * SECOND);

    static final UserId ADA = new UserId("ada");
    static final UserId GRACE = new UserId("grace");
    static final Device PHONE = new Device("Ada's phone", "Größe/1.0 (🙂)", "2001:db8::1");

    /** Each test's own, so that none sees another's sessions. */
    private final String tenant = "tenant-" + UUID.randomUUID();

    abstract Sessions sessions();

    abstract Decision.Source source();

    @Test
    void aSessionIsFoundByItsTokenAndTellsWhatItWasBegunWith() {
        var request = SessionRequest.of(
                ADA, members("cart", "[1, 2]", "n", "1.10"), PHONE, 1800, DAY, 3, OnLimit.EVICT_OLDEST);

        var created = created(create(request));

        assertThat(created)
                .isEqualTo(new Session(
                        request.token().id(),
                        ADA,
                        in(0),
                        in(0),
                        in(1800),
                        in(DAY),
                        members("n", "1.10", "cart", "[1, 2]"),
                        PHONE,
                        1));
        assertThat(lookup(request.token())).isEqualTo(new Found(created));
        assertThat(look(request.token())).isEqualTo(new Found(created));
        assertThat(list(ADA)).containsExactly(created);
    }

    @Test
    void onlyItsTokenOpensASession() {
        var token = begin(ADA).token();

        var otherSecret = new SessionToken(token.id(), SessionToken.random(ADA).secret());
        var otherId = new SessionToken(SessionId.random(ADA), token.secret());
        var otherUser = new SessionToken(new SessionId(GRACE.tag(), token.id().random()), token.secret());
        for (var wrong : List.of(otherSecret, otherId, otherUser, SessionToken.random(ADA))) {
            assertThat(lookup(wrong)).isEqualTo(new Lookup.Invalid());
            assertThat(look(wrong)).isEqualTo(new Lookup.Invalid());
            assertThat(rotate(wrong, 10)).isEqualTo(new Rotation.Invalid());
        }
        assertThat(lookup(token)).isInstanceOf(Found.class);
    }

    @Test
    void aSessionThatIsNotTouchedEndsWhenItIsIdleAndNotAMomentEarlier() {
        var token = begin(ADA, 100, DAY).token();
        pass(100 * SECOND - 1);
        assertThat(look(token)).isInstanceOf(Found.class);
        pass(1);
        assertEnded(token);
    }

    @Test
    void aTouchPutsTheIdleDeadlineOff() {
        var token = begin(ADA, 100, DAY).token();
        pass(99 * SECOND);
        assertThat(found(lookup(token)).lastSeenAt()).isEqualTo(in(0));
        assertThat(found(look(token)).idleExpiresAt()).isEqualTo(in(100));
        pass(99 * SECOND);
        assertThat(found(look(token)).lastSeenAt()).isEqualTo(in(-99));
        pass(SECOND);
        assertEnded(token);
    }

    @Test
    void aSessionEndsInAnyCaseHoweverOftenItIsTouched() {
        var token = begin(ADA, 100, 250).token();
        for (int n = 0; n < 4; n++) {
            pass(60 * SECOND);
            var found = found(lookup(token));
            assertThat(found.expiresAt()).isEqualTo(in(250 - 60 * (n + 1)));
            assertThat(found.idleExpiresAt()).isEqualTo(in(Math.min(100, 250 - 60 * (n + 1))));
        }
        pass(10 * SECOND - 1);
        assertThat(lookup(token)).isInstanceOf(Found.class);
        pass(1);
        assertEnded(token);
    }

    @Test
    void aTouchIsWrittenOnceAMinuteAtMost() {
        var token = begin(ADA, HOUR, DAY).token();
        pass(60 * SECOND - 1);
        assertThat(found(lookup(token)).idleExpiresAt()).isEqualTo(in(HOUR - 60).plus(1, ChronoUnit.MICROS));
        pass(1);
        assertThat(found(lookup(token)).idleExpiresAt()).isEqualTo(in(HOUR));
        assertThat(found(lookup(token)).lastSeenAt()).isEqualTo(in(0));
    }

    @Test
    void aTouchIsWrittenOnceInAThirtiethOfAShortIdleTime() {
        var token = begin(ADA, 10, DAY).token();
        pass(333_333);
        assertThat(found(lookup(token)).lastSeenAt()).isBefore(in(0));
        pass(1);
        assertThat(found(lookup(token)).lastSeenAt()).isEqualTo(in(0));
    }

    @Test
    void aLookWritesNothing() {
        var token = begin(ADA, 100, DAY).token();
        var before = found(look(token));
        pass(99 * SECOND);
        assertThat(found(look(token))).isEqualTo(before);
        assertThat(list(ADA)).containsExactly(before);
    }

    @Test
    void aWholeLifeMayBeIdle() {
        var token = begin(ADA, DAY, 100).token();
        assertThat(found(lookup(token)).idleExpiresAt()).isEqualTo(in(100));
        pass(100 * SECOND);
        assertEnded(token);
    }

    @Test
    void theShortestAndTheLongestAreKept() {
        var brief = begin(ADA, 1, 1).token();
        var longest = begin(ADA, SessionRequest.MAX_SECONDS, SessionRequest.MAX_SECONDS)
                .token();
        pass(SECOND - 1);
        assertThat(look(brief)).isInstanceOf(Found.class);
        pass(1);
        assertEnded(brief);
        pass((SessionRequest.MAX_SECONDS - 1) * SECOND - 1);
        assertThat(look(longest)).isInstanceOf(Found.class);
        pass(1);
        assertEnded(longest);
    }

    @Test
    void creatingAgainWithTheSameTokenIsToldTheSame() {
        var request = request(ADA, 2, OnLimit.REJECT);
        var other = begin(ADA).token();
        var first = create(request);
        pass(10 * SECOND);

        assertThat(create(request)).isEqualTo(first);
        assertThat(list(ADA)).hasSize(2);
        assertThat(lookup(other)).isInstanceOf(Found.class);
    }

    @Test
    void anIdThatIsTakenByAnotherTokenHasNoAnswer() {
        var token = begin(ADA).token();
        var other = new SessionRequest(
                new SessionToken(token.id(), SessionToken.random(ADA).secret()),
                ADA,
                Attributes.NONE,
                Device.UNKNOWN,
                1800,
                DAY,
                10,
                OnLimit.EVICT_OLDEST);

        assertThat(sessions()
                        .create(tenant, other, patience())
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Unavailable.class);

        assertThat(lookup(token)).isInstanceOf(Found.class);
        assertThat(lookup(other.token())).isEqualTo(new Lookup.Invalid());
    }

    @Test
    void aRevokedSessionIsGone() {
        var token = begin(ADA).token();

        assertThat(revoke(token.id())).isEqualTo(new Revoked(1));

        assertEnded(token);
        assertThat(revoke(token.id())).as("again").isEqualTo(new Revoked(0));
        assertThat(revoke(SessionId.random(ADA))).isEqualTo(new Revoked(0));
    }

    @Test
    void allSessionsOfAUserAreRevokedAndNobodyElses() {
        var first = begin(ADA).token();
        var second = begin(ADA).token();
        var other = begin(GRACE).token();

        assertThat(revokeAll(ADA, null)).isEqualTo(new Revoked(2));

        assertEnded(first);
        assertEnded(second);
        assertThat(lookup(other)).isInstanceOf(Found.class);
        assertThat(revokeAll(ADA, null)).isEqualTo(new Revoked(0));
    }

    @Test
    void allButOneAreRevoked() {
        var first = begin(ADA).token();
        var stays = begin(ADA).token();
        var ended = begin(ADA, 1, 1).token();
        pass(SECOND);

        assertThat(revokeAll(ADA, stays.id())).isEqualTo(new Revoked(1));

        assertEnded(first);
        assertEnded(ended);
        assertThat(lookup(stays)).isInstanceOf(Found.class);
        var anothers = begin(GRACE).token().id();
        assertThat(revokeAll(ADA, new SessionId(anothers.tag(), stays.id().random())))
                .as("an id of another user keeps none")
                .isEqualTo(new Revoked(1));
    }

    @Test
    void theListIsOfLiveSessionsTheNewestFirst() {
        var ended = begin(ADA, 2, DAY).token();
        var first = begin(ADA, 100, DAY);
        pass(SECOND);
        var second = begin(ADA, 100, DAY);
        pass(SECOND);
        var third = begin(ADA, 100, DAY);
        begin(GRACE);
        lookup(first.token());

        assertThat(list(ADA)).extracting(Session::id).containsExactly(id(third), id(second), id(first));
        assertEnded(ended);
        revoke(id(second));
        pass(98 * SECOND - 1);
        assertThat(list(ADA)).extracting(Session::id).containsExactly(id(third), id(first));
        pass(1);
        assertThat(list(ADA)).extracting(Session::id).containsExactly(id(third));
        pass(2 * SECOND);
        assertThat(list(ADA)).isEmpty();
    }

    @Test
    void aNewSessionEndsTheOldestWhereThereAreAsManyAsThereMayBe() {
        var tokens = IntStream.range(0, 4)
                .mapToObj(n -> {
                    pass(SECOND);
                    return begin(ADA).token();
                })
                .toList();
        pass(61 * SECOND);
        lookup(tokens.getFirst());
        begin(GRACE);

        var request = request(ADA, 3, OnLimit.EVICT_OLDEST);
        assertThat(create(request)).isInstanceOfSatisfying(Created.class, created -> assertThat(created.evicted())
                .isEqualTo(2));

        assertEnded(tokens.get(0));
        assertEnded(tokens.get(1));
        assertThat(list(ADA))
                .extracting(Session::id)
                .containsExactly(
                        request.token().id(), tokens.get(3).id(), tokens.get(2).id());
    }

    @Test
    void ofSessionsCreatedAtOneMomentTheOneWithTheLeastIdMakesRoom() {
        var ids = IntStream.range(0, 8)
                .mapToObj(_ -> begin(ADA).token().id().random())
                .sorted()
                .toList();

        create(request(ADA, 6, OnLimit.EVICT_OLDEST));

        assertThat(list(ADA))
                .extracting(session -> session.id().random())
                .doesNotContain(ids.get(0), ids.get(1), ids.get(2))
                .contains(ids.get(3), ids.get(7))
                .hasSize(6);
    }

    @Test
    void aNewSessionIsRefusedWhereSoIsAsked() {
        var ending = begin(ADA, 10, DAY).token();
        var token = begin(ADA).token();

        assertThat(create(request(ADA, 2, OnLimit.REJECT))).isEqualTo(new LimitReached());
        assertThat(lookup(ending)).isInstanceOf(Found.class);
        assertThat(lookup(token)).isInstanceOf(Found.class);
        assertThat(list(ADA)).hasSize(2);
        pass(10 * SECOND);
        assertThat(create(request(ADA, 2, OnLimit.REJECT)))
                .as("one has ended")
                .isInstanceOfSatisfying(
                        Created.class, created -> assertThat(created.evicted()).isZero());
    }

    @Test
    void aRotatedSessionIsTheSameUnderAnotherToken() {
        var request = SessionRequest.of(
                ADA, members("cart", "[]"), PHONE, 100, DAY, SessionRequest.MOST_SESSIONS, OnLimit.EVICT_OLDEST);
        var created = created(create(request));
        pass(50 * SECOND);

        var rotated = rotated(rotate(request.token(), 10));

        assertThat(rotated.token().id()).isEqualTo(created.id());
        assertThat(rotated.token().secret()).isNotEqualTo(request.token().secret());
        assertThat(rotated.session())
                .isEqualTo(new Session(
                        created.id(),
                        ADA,
                        created.createdAt(),
                        created.lastSeenAt(),
                        created.idleExpiresAt(),
                        created.expiresAt(),
                        created.attributes(),
                        created.device(),
                        1));
        assertThat(look(rotated.token())).isEqualTo(new Found(rotated.session()));
    }

    @Test
    void theOldTokenOpensTheSessionWithinTheGraceAndNotAMomentLonger() {
        var token = begin(ADA).token();
        var successor = rotated(rotate(token, 10)).token();
        pass(10 * SECOND - 1);
        assertThat(lookup(token)).isEqualTo(lookup(successor));
        pass(1);
        assertThat(lookup(token)).isEqualTo(new Lookup.Invalid());
        assertThat(rotate(token, 10)).isEqualTo(new Rotation.Invalid());
        assertThat(lookup(successor)).isInstanceOf(Found.class);
    }

    @Test
    void rotatingTheOldTokenAgainGivesTheSameSuccessorAndDoesNotProlongTheGrace() {
        var token = begin(ADA).token();
        var first = rotated(rotate(token, 10));
        pass(9 * SECOND);

        assertThat(rotated(rotate(token, 100))).isEqualTo(first);

        pass(SECOND);
        assertThat(lookup(token)).isEqualTo(new Lookup.Invalid());
        assertThat(lookup(first.token())).isInstanceOf(Found.class);
    }

    @Test
    void onceTheSuccessorIsRotatedTheTokenBeforeItOpensNothing() {
        var token = begin(ADA).token();
        var second = rotated(rotate(token, HOUR)).token();
        var third = rotated(rotate(second, HOUR)).token();

        assertThat(lookup(token)).isEqualTo(new Lookup.Invalid());
        assertThat(rotate(token, HOUR)).isEqualTo(new Rotation.Invalid());
        assertThat(lookup(second)).isInstanceOf(Found.class);
        assertThat(lookup(third)).isInstanceOf(Found.class);
        assertThat(Set.of(token, second, third)).hasSize(3);
    }

    @Test
    void withoutGraceTheOldTokenOpensNothingAtOnce() {
        var token = begin(ADA).token();
        var successor = rotated(rotate(token, 0)).token();

        assertThat(lookup(token)).isEqualTo(new Lookup.Invalid());
        assertThat(rotate(token, 0)).isEqualTo(new Rotation.Invalid());
        assertThat(lookup(successor)).isInstanceOf(Found.class);
    }

    @Test
    void aRotatedSessionEndsAsAnyOther() {
        var token = begin(ADA, 100, 250).token();
        pass(60 * SECOND);
        var rotated = rotated(rotate(token, HOUR));
        assertThat(rotated.session().idleExpiresAt()).isEqualTo(in(40));
        assertThat(rotated.session().expiresAt()).isEqualTo(in(190));
        token = rotated.token();
        pass(40 * SECOND);
        assertEnded(token);
        var revoked = begin(ADA).token();
        var successor = rotated(rotate(revoked, HOUR)).token();
        revoke(successor.id());
        assertEnded(revoked);
        assertEnded(successor);
    }

    @Test
    void aPatchIsMergedIntoTheAttributes() {
        var target = new Attributes(Map.of(
                "title", new Value("\"Goodbye!\""),
                "author", object("givenName", "\"John\"", "familyName", "\"Doe\""),
                "tags", new Value("[\"example\",\"sample\"]"),
                "content", new Value("\"This will be unchanged\""),
                "1", new Value("true")));
        var token = begin(ADA, target).token();
        var patch = new Attributes(Map.of(
                "title", new Value("\"Hello!\""),
                "phoneNumber", new Value("\"+01-123-456-7890\""),
                "author", object("familyName", "null"),
                "tags", new Value("[\"example\"]"),
                "1", new Value("18446744073709551617.50")));

        var patched = patched(patch(token.id(), patch));

        assertThat(patched.version()).isEqualTo(2);
        assertThat(patched.attributes())
                .isEqualTo(new Attributes(Map.of(
                        "title", new Value("\"Hello!\""),
                        "author", object("givenName", "\"John\""),
                        "tags", new Value("[\"example\"]"),
                        "content", new Value("\"This will be unchanged\""),
                        "phoneNumber", new Value("\"+01-123-456-7890\""),
                        "1", new Value("18446744073709551617.50"))));
        assertThat(lookup(token)).isEqualTo(new Found(patched));
    }

    @Test
    void aPatchDoesWhatRfc7396Does() {
        var a = "a";
        assertMerged(Map.of(a, new Value("\"b\"")), Map.of(a, new Value("\"c\"")));
        assertMerged(Map.of(a, new Value("\"b\"")), Map.of("b", new Value("\"c\"")));
        assertMerged(Map.of(a, new Value("\"b\"")), Map.of(a, Value.NULL));
        assertMerged(Map.of(a, new Value("\"b\""), "b", new Value("\"c\"")), Map.of(a, Value.NULL));
        assertMerged(Map.of(a, new Value("[\"b\"]")), Map.of(a, new Value("\"c\"")));
        assertMerged(Map.of(a, new Value("\"c\"")), Map.of(a, new Value("[\"b\"]")));
        assertMerged(Map.of(a, object("b", "\"c\"")), Map.of(a, object("b", "\"d\"", "c", "null")));
        assertMerged(Map.of(a, new Value("[{\"b\":\"c\"}]")), Map.of(a, new Value("[1]")));
        assertMerged(Map.of("e", Value.NULL), Map.of(a, new Value("1")));
        assertMerged(Map.of(), Map.of(a, new Members(Map.of("bb", object("ccc", "null")))));
        assertMerged(Map.of(a, new Value("\"b\"")), Map.of(a, object()));
        assertMerged(Map.of(a, object("b", "1")), Map.of(a, new Value("2")));
        assertMerged(Map.of(a, object("b", "1")), Map.of(a, object("b", "null")));
        assertMerged(Map.of(a, object("b", "1")), Map.of());
        assertMerged(
                Map.of("1", object("2", "3"), "", new Value("\"\"")),
                Map.of("1", object("1", "0", "2", "null"), "ü🙂", new Value("\"ä\"")));
    }

    /** RFC 7396, as the text has it. */
    private void assertMerged(Map<String, Attribute> target, Map<String, Attribute> patch) {
        var id = begin(ADA, new Attributes(target)).token().id();
        assertThat(patched(patch(id, new Attributes(patch))).attributes())
                .isEqualTo(new Attributes(merge(target, patch)));
    }

    private static Map<String, Attribute> merge(Map<String, Attribute> target, Map<String, Attribute> patch) {
        var result = new HashMap<>(target);
        for (var name : patch.keySet()) {
            if (patch.get(name).equals(Value.NULL)) {
                result.remove(name);
            } else if (patch.get(name) instanceof Members(var inner)) {
                var there = target.get(name) instanceof Members(var old) ? old : Map.<String, Attribute>of();
                result.put(name, new Members(merge(there, inner)));
            } else {
                result.put(name, patch.get(name));
            }
        }
        return result;
    }

    @Test
    void aPatchThatNamesAVersionChangesThatOneOrNothing() {
        var id = begin(ADA, members("n", "0")).token().id();

        assertThat(patched(patch(id, members("n", "1"), 1)).version()).isEqualTo(2);
        assertThat(patch(id, members("n", "2"), 1)).isEqualTo(new VersionDiffers(2));
        assertThat(patch(id, members("n", "2"), 3)).isEqualTo(new VersionDiffers(2));
        assertThat(patched(patch(id, members("n", "3"), 2)).attributes()).isEqualTo(members("n", "3"));
        assertThat(patched(patch(id, members("n", "4"))).version()).isEqualTo(4);
    }

    @Test
    void aPatchIsNoUseOfTheSession() {
        var begun = begin(ADA, 100, DAY);
        pass(99 * SECOND);
        var patched = patched(patch(id(begun), members("n", "1")));
        assertThat(patched.lastSeenAt()).isEqualTo(in(-99));
        assertThat(patched.idleExpiresAt()).isEqualTo(in(1));
        pass(SECOND);
        assertEnded(begun.token());
    }

    @Test
    void whatTakesTooMuchIsRefusedAndChangesNothing() {
        // A map of one name of one character, and the head of a longer text, take six bytes; the empty device takes
        // one.
        var most = "x".repeat(Attributes.MAX_BYTES - 1 - 1 - 2 - 3);
        var begun = begin(ADA, members("n", most));
        assertThat(lookup(begun.token())).isInstanceOf(Found.class);
        assertThat(create(request(ADA, members("n", most + "x"), Device.UNKNOWN)))
                .isEqualTo(new Creation.TooLarge());
        assertThat(create(request(ADA, members("n", most), new Device("", null, null))))
                .isEqualTo(new Creation.TooLarge());
        assertThat(list(ADA)).hasSize(1);

        assertThat(patch(id(begun), members("n", most + "x"))).isEqualTo(new Patching.TooLarge());
        assertThat(patch(id(begun), members("m", "1"))).isEqualTo(new Patching.TooLarge());
        assertThat(found(look(begun.token())).version()).isEqualTo(1);
        assertThat(found(look(begun.token())).attributes()).isEqualTo(members("n", most));
        assertThat(patched(patch(id(begun), members("n", "null", "m", most))).attributes())
                .isEqualTo(members("m", most));
    }

    @Test
    void theDeepestAttributesAreKept() {
        Attribute deepest = new Members(Map.of("leaf", new Value("0")));
        Attribute patch = new Members(Map.of("leaf", Value.NULL, "other", new Value("{}")));
        Attribute result = new Members(Map.of("other", new Value("{}")));
        for (int depth = 2; depth < Attributes.MAX_DEPTH; depth++) {
            deepest = new Members(Map.of("d", deepest));
            patch = new Members(Map.of("d", patch));
            result = new Members(Map.of("d", result));
        }
        var begun = begin(ADA, new Attributes(Map.of("d", deepest)));
        assertThat(found(look(begun.token())).attributes()).isEqualTo(new Attributes(Map.of("d", deepest)));
        assertThat(patched(patch(id(begun), new Attributes(Map.of("d", patch)))).attributes())
                .isEqualTo(new Attributes(Map.of("d", result)));
    }

    @Test
    void anyUserAndDeviceIsToldAsItWas() {
        for (var user : List.of("a", "\u0000", "größe 🙂", "x".repeat(UserId.MAX_LENGTH), "🙂".repeat(128), "'\"{}")) {
            for (var device : List.of(
                    Device.UNKNOWN,
                    new Device("", "", ""),
                    new Device(null, "a", null),
                    new Device("ü".repeat(Device.MAX_NAME), "x".repeat(Device.MAX_USER_AGENT), "1".repeat(45)))) {
                var request = request(new UserId(user), Attributes.NONE, device);
                var created = created(create(request));
                assertThat(created.userId().value()).isEqualTo(user);
                assertThat(created.device()).isEqualTo(device);
                assertThat(lookup(request.token())).isEqualTo(new Found(created));
                assertThat(list(new UserId(user))).contains(created);
            }
        }
    }

    @Test
    void tenantsAreApart() {
        var request = request(ADA, 1, OnLimit.EVICT_OLDEST);
        var token = request.token();
        create(request);
        var other = tenant + "x";

        assertThat(answered(sessions().lookup(other, token, Touch.TOUCH, patience())))
                .isEqualTo(new Lookup.Invalid());
        assertThat(answered(sessions().rotate(other, token, Grace.DEFAULT, patience())))
                .isEqualTo(new Rotation.Invalid());
        assertThat(answered(sessions().patch(other, token.id(), members("a", "1"), OptionalLong.empty(), patience())))
                .isEqualTo(new Absent());
        assertThat(answered(sessions().revoke(other, token.id(), patience()))).isEqualTo(new Revoked(0));
        assertThat(answered(sessions().revokeAll(other, ADA, Optional.empty(), patience())))
                .isEqualTo(new Revoked(0));
        assertThat(answered(sessions().list(other, ADA, patience()))).isEmpty();
        assertThat(answered(sessions().create(other, request(ADA, 1, OnLimit.EVICT_OLDEST), patience())))
                .isInstanceOfSatisfying(
                        Created.class, created -> assertThat(created.evicted()).isZero());
        assertThat(lookup(token)).isInstanceOf(Found.class);
    }

    @Test
    void aClockThatGoesBackPutsNoTimeBack() {
        var token = begin(ADA, 100, DAY).token();
        pass(90 * SECOND);
        lookup(token);
        pass(-60 * SECOND);

        assertThat(found(lookup(token)).lastSeenAt()).isEqualTo(in(60));
        assertThat(found(lookup(token)).idleExpiresAt()).isEqualTo(in(160));
        var rotated = rotated(rotate(token, 10)).session();
        assertThat(rotated.lastSeenAt()).isEqualTo(in(60));
        assertThat(rotated.idleExpiresAt()).isEqualTo(in(160));
        pass(60 * SECOND);
    }

    @Test
    void noUserHasMoreSessionsThanThereMayBeHoweverManyAreCreatedAtOnce() throws Exception {
        var live = ConcurrentHashMap.<SessionToken>newKeySet();
        var evicted = new AtomicInteger();
        Threads.together(16, _ -> {
            for (int n = 0; n < 20; n++) {
                var request = request(ADA, 3, OnLimit.EVICT_OLDEST);
                evicted.addAndGet(((Created) create(request)).evicted());
                live.add(request.token());
                assertThat(list(ADA)).hasSizeLessThanOrEqualTo(3);
            }
        });
        assertThat(list(ADA)).hasSize(3);
        assertThat(evicted).hasValue(16 * 20 - 3);
        assertThat(live.stream().filter(token -> look(token) instanceof Found)).hasSize(3);

        var refused = new AtomicInteger();
        Threads.together(16, _ -> {
            if (create(request(GRACE, 5, OnLimit.REJECT)) instanceof LimitReached) {
                refused.incrementAndGet();
            }
        });
        assertThat(refused).hasValue(11);
        assertThat(list(GRACE)).hasSize(5);
    }

    @Test
    void ofRacingPatchesThatNameTheVersionOneIsMade() throws Exception {
        var id = begin(ADA, Attributes.NONE).token().id();
        var made = new AtomicInteger();
        Threads.together(8, thread -> {
            for (int version = 1; version <= 20; version++) {
                if (patch(id, members("by" + thread, "1"), version) instanceof Patched) {
                    made.incrementAndGet();
                }
            }
        });
        assertThat(patched(patch(id, Attributes.NONE)).version()).isEqualTo(made.get() + 2);
    }

    @Test
    void racingRotationsOfOneTokenGiveOneSuccessor() throws Exception {
        for (int round = 0; round < 20; round++) {
            var token = begin(ADA).token();
            var successors = ConcurrentHashMap.<SessionToken>newKeySet();
            Threads.together(8, _ -> successors.add(rotated(rotate(token, 10)).token()));
            assertThat(successors).hasSize(1).doesNotContain(token);
            assertThat(look(successors.iterator().next())).isInstanceOf(Found.class);
        }
    }

    /** Nothing finds, changes or brings back what has ended. */
    final void assertEnded(SessionToken token) {
        assertThat(lookup(token)).isEqualTo(new Lookup.Invalid());
        assertThat(look(token)).isEqualTo(new Lookup.Invalid());
        assertThat(rotate(token, HOUR)).isEqualTo(new Rotation.Invalid());
        assertThat(patch(token.id(), members("n", "1"))).isEqualTo(new Absent());
        assertThat(patch(token.id(), members("n", "1"), 1)).isEqualTo(new Absent());
        assertThat(lookup(token)).isEqualTo(new Lookup.Invalid());
        assertThat(revoke(token.id())).isEqualTo(new Revoked(0));
    }

    /** A request whose session exists. */
    final SessionRequest begin(UserId user) {
        return begin(user, 1800, DAY);
    }

    final SessionRequest begin(UserId user, long idleSeconds, long absoluteSeconds) {
        var request = SessionRequest.of(
                user,
                Attributes.NONE,
                Device.UNKNOWN,
                idleSeconds,
                absoluteSeconds,
                SessionRequest.MOST_SESSIONS,
                OnLimit.EVICT_OLDEST);
        created(create(request));
        return request;
    }

    final SessionRequest begin(UserId user, Attributes attributes) {
        var request = request(user, attributes, Device.UNKNOWN);
        created(create(request));
        return request;
    }

    static SessionRequest request(UserId user, Attributes attributes, Device device) {
        return SessionRequest.of(
                user, attributes, device, 1800, DAY, SessionRequest.MOST_SESSIONS, OnLimit.EVICT_OLDEST);
    }

    static SessionRequest request(UserId user, int maxSessions, OnLimit onLimit) {
        return SessionRequest.of(user, Attributes.NONE, Device.UNKNOWN, 1800, DAY, maxSessions, onLimit);
    }

    final Creation create(SessionRequest request) {
        return answered(sessions().create(tenant, request, patience()));
    }

    final Lookup lookup(SessionToken token) {
        return answered(sessions().lookup(tenant, token, Touch.TOUCH, patience()));
    }

    final Lookup look(SessionToken token) {
        return answered(sessions().lookup(tenant, token, Touch.LOOK, patience()));
    }

    final Patching patch(SessionId id, Attributes patch) {
        return answered(sessions().patch(tenant, id, patch, OptionalLong.empty(), patience()));
    }

    final Patching patch(SessionId id, Attributes patch, long version) {
        return answered(sessions().patch(tenant, id, patch, OptionalLong.of(version), patience()));
    }

    final Rotation rotate(SessionToken token, long graceSeconds) {
        return answered(sessions().rotate(tenant, token, new Grace(graceSeconds), patience()));
    }

    final Revoked revoke(SessionId id) {
        return answered(sessions().revoke(tenant, id, patience()));
    }

    final Revoked revokeAll(UserId user, SessionId except) {
        return answered(sessions().revokeAll(tenant, user, Optional.ofNullable(except), patience()));
    }

    final List<Session> list(UserId user) {
        return answered(sessions().list(tenant, user, patience()));
    }

    private <T> T answered(CompletionStage<Decision<T>> stage) {
        var answer = stage.toCompletableFuture().join();
        assertThat(answer).isInstanceOf(Decided.class);
        var decided = (Decided<T>) answer;
        assertThat(decided.source()).isEqualTo(source());
        return decided.decision();
    }

    final String tenant() {
        return tenant;
    }

    static Session created(Creation creation) {
        assertThat(creation).isInstanceOf(Created.class);
        return ((Created) creation).session();
    }

    static Session found(Lookup lookup) {
        assertThat(lookup).isInstanceOf(Found.class);
        return ((Found) lookup).session();
    }

    static Session patched(Patching patching) {
        assertThat(patching).isInstanceOf(Patched.class);
        return ((Patched) patching).session();
    }

    static Rotated rotated(Rotation rotation) {
        assertThat(rotation).isInstanceOf(Rotated.class);
        return (Rotated) rotation;
    }

    static SessionId id(SessionRequest request) {
        return request.token().id();
    }

    /** Of names and their values' JSON. */
    static Attributes members(String... namesAndValues) {
        return new Attributes(object(namesAndValues).members());
    }

    static Members object(String... namesAndValues) {
        return new Members(IntStream.range(0, namesAndValues.length / 2)
                .boxed()
                .collect(Collectors.toMap(i -> namesAndValues[2 * i], i -> new Value(namesAndValues[2 * i + 1]))));
    }

    static Deadline patience() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    static void pass(long micros) {
        NOW.addAndGet(micros);
    }

    static Instant in(long seconds) {
        return Instant.EPOCH.plus(NOW.get(), ChronoUnit.MICROS).plusSeconds(seconds);
    }
}
