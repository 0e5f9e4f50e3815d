// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import dev.gatehouse.session.Attributes.Attribute;
import dev.gatehouse.session.Attributes.Attribute.Members;
import dev.gatehouse.session.Attributes.Attribute.Value;
import dev.gatehouse.session.SessionRequest.OnLimit;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** A random sequence of operations on the sessions of a tenant. */
final class AnySessionTrace {

    private static final List<UserId> USERS = List.of(new UserId("ada"), new UserId("grace@example.org"));

    private AnySessionTrace() {}

    /** The movement of the clock before a step; an end is one of the step's session. */
    enum Clock {
        STANDS,
        TICKS,
        PASSES_PART_OF_IDLE,
        REACHES_NEXT_TOUCH,
        ALMOST_REACHES_NEXT_TOUCH,
        REACHES_END,
        ALMOST_REACHES_END,
        REACHES_GRACE_END,
        REACHES_LEVEL_END,
        ALMOST_REACHES_LEVEL_END,
        ALMOST_REACHES_GRACE_END,
        GOES_BACK
    }

    /** The token that a step uses. */
    enum Key {
        CURRENT,
        PREVIOUS,
        OLDER,
        OLDEST,
        OTHER_SECRET,
        SECRET_OF_ANOTHER_SESSION,
        ID_OF_ANOTHER_USER,
        UNKNOWN_ID,
        IN_ANOTHER_TENANT
    }

    enum Version {
        ANY,
        RIGHT,
        ONE_BEFORE,
        ONE_AFTER
    }

    sealed interface Act {

        record Create(
                int user,
                Attributes attributes,
                Device device,
                long idleSeconds,
                long absoluteSeconds,
                int maxSessions,
                OnLimit onLimit,
                UserId actor,
                TokenReuse onReuse)
                implements Act {

            SessionRequest request() {
                return SessionRequest.of(
                                userId(user), attributes, device, idleSeconds, absoluteSeconds, maxSessions, onLimit)
                        .withActor(actor)
                        .withOnReuse(onReuse);
            }
        }

        /** Repeats the creation of a live session that was never rotated. */
        record CreateAgain() implements Act {}

        record Look(Key key, Touch touch) implements Act {}

        record Patch(Attributes patch, Version version) implements Act {}

        /** @param grant null for a plain rotation */
        record Rotate(Key key, Grace grace, Rotation.Grant grant) implements Act {}

        record Revoke(boolean inAnotherTenant) implements Act {}

        /** @param except whether the step's session is excepted, also if it is another user's */
        record RevokeAll(int user, boolean except) implements Act {}

        record ListAll(int user) implements Act {}
    }

    /**
     * @param which the session, counted back from the last that was created
     * @param part the part of an idle timeout by which the clock moves
     */
    record Step(Clock clock, double part, int which, Act act) {}

    private record Made(Device device, UserId actor, TokenReuse onReuse) {}

    static UserId userId(int user) {
        return USERS.get(user);
    }

    static List<UserId> users() {
        return USERS;
    }

    static Arbitrary<List<Step>> steps() {
        return Arbitraries.frequencyOf(Tuple.of(2, ofAnySessions()), Tuple.of(1, ofOneSession()));
    }

    private static Arbitrary<List<Step>> ofAnySessions() {
        var user = Arbitraries.frequency(Tuple.of(3, 0), Tuple.of(1, 1));
        var key = Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.just(Key.CURRENT)),
                Tuple.of(3, Arbitraries.just(Key.PREVIOUS)),
                Tuple.of(2, Arbitraries.of(Key.class)));
        Arbitrary<Act> revoke =
                Arbitraries.frequency(Tuple.of(4, false), Tuple.of(1, true)).map(Act.Revoke::new);
        Arbitrary<Act> revokeAll =
                Combinators.combine(user, Arbitraries.of(false, true)).as(Act.RevokeAll::new);
        var act = Arbitraries.frequencyOf(
                Tuple.of(6, creations(user)),
                Tuple.of(1, Arbitraries.<Act>just(new Act.CreateAgain())),
                Tuple.of(8, looks(key)),
                Tuple.of(5, patches()),
                Tuple.of(5, rotations(key)),
                Tuple.of(1, revoke),
                Tuple.of(1, revokeAll),
                Tuple.of(2, user.<Act>map(Act.ListAll::new)));
        var clock = Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.of(Clock.STANDS, Clock.TICKS)), Tuple.of(1, Arbitraries.of(Clock.class)));
        var which = Arbitraries.frequency(Tuple.of(3, 0), Tuple.of(2, 1), Tuple.of(1, 2), Tuple.of(1, 3));
        return Combinators.combine(clock, Arbitraries.doubles().between(0, 1.2), which, act)
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    /** Long-lived sessions, to test tokens, grace periods and attributes. */
    private static Arbitrary<List<Step>> ofOneSession() {
        var key = Arbitraries.frequency(
                Tuple.of(4, Key.PREVIOUS), Tuple.of(4, Key.CURRENT), Tuple.of(1, Key.OLDER), Tuple.of(1, Key.OLDEST));
        var act = Arbitraries.frequencyOf(
                Tuple.of(4, rotations(key)),
                Tuple.of(4, looks(key)),
                Tuple.of(2, patches()),
                Tuple.of(1, Arbitraries.<Act>just(new Act.CreateAgain())));
        var clock = Arbitraries.frequency(
                Tuple.of(3, Clock.STANDS),
                Tuple.of(1, Clock.TICKS),
                Tuple.of(2, Clock.ALMOST_REACHES_GRACE_END),
                Tuple.of(3, Clock.REACHES_GRACE_END),
                Tuple.of(1, Clock.REACHES_LEVEL_END),
                Tuple.of(1, Clock.ALMOST_REACHES_LEVEL_END),
                Tuple.of(1, Clock.REACHES_NEXT_TOUCH),
                Tuple.of(1, Clock.GOES_BACK));
        var steps = Combinators.combine(clock, Arbitraries.doubles().between(0, 0.01), Arbitraries.just(0), act)
                .as(Step::new)
                .list()
                .ofMinSize(2)
                .ofMaxSize(30);
        var create = new Act.Create(
                0,
                Attributes.NONE,
                Device.UNKNOWN,
                86_400,
                SessionRequest.MAX_SECONDS,
                1,
                OnLimit.EVICT_OLDEST,
                null,
                null);
        return steps.map(all -> Stream.concat(Stream.of(new Step(Clock.STANDS, 0, 0, create)), all.stream())
                .toList());
    }

    private static Arbitrary<Act> creations(Arbitrary<Integer> user) {
        // Long enough for a busy machine to run a trace before Redis, by its own clock, expires the key.
        var seconds = Arbitraries.oneOf(
                Arbitraries.of(120L, 1800L, 1800L, 7200L, 86_400L, SessionRequest.MAX_SECONDS),
                Arbitraries.longs().between(120, SessionRequest.MAX_SECONDS));
        var actors = Arbitraries.of(userId(1), new UserId("\u00e4gent")).injectNull(0.7);
        var reactions = Arbitraries.of(TokenReuse.class).injectNull(0.5);
        return Combinators.combine(
                        user,
                        Arbitraries.frequencyOf(Tuple.of(9, attributes()), Tuple.of(1, large())),
                        Combinators.combine(devices(), actors, reactions).as(Made::new),
                        seconds,
                        seconds,
                        Arbitraries.frequencyOf(
                                Tuple.of(3, Arbitraries.integers().between(1, 4)),
                                Tuple.of(2, Arbitraries.just(SessionRequest.MOST_SESSIONS))),
                        Arbitraries.of(OnLimit.class))
                .as((who, attributes, made, idle, absolute, most, onLimit) -> new Act.Create(
                        who, attributes, made.device, idle, absolute, most, onLimit, made.actor, made.onReuse));
    }

    private static Arbitrary<Act> looks(Arbitrary<Key> key) {
        return Combinators.combine(key, Arbitraries.of(Touch.class)).as(Act.Look::new);
    }

    private static Arbitrary<Act> patches() {
        return Combinators.combine(
                        Arbitraries.frequencyOf(Tuple.of(12, attributes()), Tuple.of(1, large())),
                        Arbitraries.of(Version.class))
                .as(Act.Patch::new);
    }

    private static Arbitrary<Act> rotations(Arbitrary<Key> key) {
        var seconds = Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.of(0L, 1L, 10L, Grace.MAX_SECONDS)),
                Tuple.of(1, Arbitraries.longs().between(0, Grace.MAX_SECONDS)));
        var grants = Combinators.combine(
                        Arbitraries.of("strong", "strong", "admin"),
                        Arbitraries.of(1L, 10L, 300L, Rotation.Grant.MAX_SECONDS))
                .as(Rotation.Grant::new)
                .injectNull(0.6);
        return Combinators.combine(key, seconds.map(Grace::new), grants).as(Act.Rotate::new);
    }

    private static Arbitrary<Device> devices() {
        return Arbitraries.of(
                Device.UNKNOWN,
                new Device("Ada's \"phone\"\\ \u00e4\u20ac\ud83d\ude00", null, null),
                new Device("", "Mozilla/5.0 (X11; Linux x86_64)\u0000\n", "2001:db8::1"),
                new Device(null, null, "192.0.2.7"));
    }

    /** Few names, so that patches overlap; and names and values that are easily mistaken for others. */
    private static Arbitrary<Attributes> attributes() {
        return members(2).map(Attributes::new);
    }

    private static Arbitrary<Map<String, Attribute>> members(int deeper) {
        var names = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.of("a", "b", "c")),
                Tuple.of(1, Arbitraries.of("", "a.b", "\"", "1", "\u00fc\ud83d\ude00", "\u0000", "constructor")));
        Arbitrary<Attribute> value = Arbitraries.of(
                        "1",
                        "0.10",
                        "-0",
                        "1e400",
                        "12345678901234567890.123456789",
                        "\"\"",
                        "\"text\"",
                        "\"null\"",
                        "\"\\u0000\\\"\u00e4\ud83d\ude00\"",
                        "true",
                        "false",
                        "[]",
                        "[{}]",
                        "[1,null,{\"a\":null}]")
                .map(Value::new);
        var plain = Arbitraries.frequencyOf(Tuple.of(3, value), Tuple.of(1, Arbitraries.just(Value.NULL)));
        var member = deeper == 0
                ? plain
                : Arbitraries.frequencyOf(
                        Tuple.of(3, plain),
                        Tuple.of(2, Arbitraries.lazy(() -> members(deeper - 1)).<Attribute>map(Members::new)));
        return Arbitraries.maps(names, member).ofMaxSize(deeper + 1);
    }

    private static Arbitrary<Attributes> large() {
        return Arbitraries.of(1, 4)
                .map(times -> new Value("\"" + "x".repeat(times * Attributes.MAX_BYTES) + "\""))
                .map(value -> new Attributes(Map.of("large", value)));
    }
}
