// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.session.Attributes.Attribute;
import dev.gatehouse.session.Attributes.Attribute.Members;
import dev.gatehouse.session.Attributes.Attribute.Value;
import dev.gatehouse.session.Lookup.Found;
import dev.gatehouse.session.Patching.VersionDiffers;
import dev.gatehouse.session.SessionRequest.OnLimit;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The part of the contract of {@link SessionStore} about rotations and changes of the attributes. */
abstract class SessionChangesContract extends TokenReuseContract {

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
                        null,
                        created.createdAt(),
                        created.lastSeenAt(),
                        created.idleExpiresAt(),
                        created.expiresAt(),
                        created.createdAt(),
                        null,
                        created.attributes(),
                        created.device(),
                        1));
        assertThat(look(rotated.token())).isEqualTo(new Found(rotated.session()));
    }

    @Test
    void theOldTokenIsValidUntilTheEndOfTheGraceExclusive() {
        var token = begin(ADA).token();
        var successor = rotated(rotate(token, 10)).token();
        pass(10 * SECOND - 1);
        assertThat(lookup(token)).isEqualTo(lookup(successor));
        pass(1);
        assertThat(lookup(token)).isEqualTo(new Lookup.Reused());
        assertThat(rotate(token, 10)).isEqualTo(new Rotation.Reused());
        assertThat(lookup(successor)).isInstanceOf(Found.class);
    }

    @Test
    void rotatingAgainReturnsTheSameSuccessorAndDoesNotProlongTheGrace() {
        var token = begin(ADA).token();
        var first = rotated(rotate(token, 10));
        pass(9 * SECOND);

        assertThat(rotated(rotate(token, 100))).isEqualTo(first);

        pass(SECOND);
        assertThat(lookup(token)).isEqualTo(new Lookup.Reused());
        assertThat(lookup(first.token())).isInstanceOf(Found.class);
    }

    @Test
    void rotatingTheSuccessorInvalidatesTheOldToken() {
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
    void withoutGraceTheOldTokenIsInvalidAtOnce() {
        var token = begin(ADA).token();
        var successor = rotated(rotate(token, 0)).token();

        assertThat(lookup(token)).isEqualTo(new Lookup.Reused());
        assertThat(rotate(token, 0)).isEqualTo(new Rotation.Reused());
        assertThat(lookup(successor)).isInstanceOf(Found.class);
    }

    @Test
    void aRotatedSessionKeepsItsDeadlines() {
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
    void aPatchFollowsRfc7396() {
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

    /** The examples of RFC 7396. */
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
    void aPatchWithAVersionChangesThatVersionOrNothing() {
        var id = begin(ADA, members("n", "0")).token().id();

        assertThat(patched(patch(id, members("n", "1"), 1)).version()).isEqualTo(2);
        assertThat(patch(id, members("n", "2"), 1)).isEqualTo(new VersionDiffers(2));
        assertThat(patch(id, members("n", "2"), 3)).isEqualTo(new VersionDiffers(2));
        assertThat(patched(patch(id, members("n", "3"), 2)).attributes()).isEqualTo(members("n", "3"));
        assertThat(patched(patch(id, members("n", "4"))).version()).isEqualTo(4);
    }

    @Test
    void aPatchDoesNotCountAsUse() {
        var begun = begin(ADA, 100, DAY);
        pass(99 * SECOND);
        var patched = patched(patch(id(begun), members("n", "1")));
        assertThat(patched.lastSeenAt()).isEqualTo(in(-99));
        assertThat(patched.idleExpiresAt()).isEqualTo(in(1));
        pass(SECOND);
        assertEnded(begun.token());
    }

    @Test
    void tooLargeAttributesAreRejectedAndChangeNothing() {
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
}
