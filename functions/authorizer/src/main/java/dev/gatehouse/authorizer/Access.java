// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import dev.gatehouse.session.Session;
import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The condition under which a request may pass, apart from limits. */
public sealed interface Access {

    /** Any live session. */
    Access SESSION = new WithSession(Map.of(), null);

    /** None: the request passes without a session, and a token is ignored. */
    record Anonymous() implements Access {}

    /**
     * A live session.
     *
     * @param attributes the attributes that it must have, as {@link dev.gatehouse.session.Attributes#text} returns them
     * @param level the level that it must have, which a session whose level has ended has not; null for any or none
     */
    record WithSession(
            Map<String, String> attributes, @Nullable String level) implements Access {

        public WithSession {
            attributes = Map.copyOf(attributes);
        }

        boolean isMetBy(Session session) {
            var elevation = session.elevation();
            return (level == null || (elevation != null && level.equals(elevation.level())))
                    && attributes.entrySet().stream().allMatch(required -> required.getValue()
                            .equals(session.attributes().text(required.getKey())));
        }
    }

    /**
     * A live API key.
     *
     * @param scopes the scopes that it must have
     */
    record WithKey(SortedSet<String> scopes) implements Access {

        public WithKey {
            scopes = Collections.unmodifiableSortedSet(new TreeSet<>(scopes));
        }
    }

    /** Nothing suffices: a cookie is not accepted from the origin of the request. */
    record ForeignOrigin() implements Access {}

    /** Nothing suffices: the path could be read as one with a stricter rule; see {@link RoutePath}. */
    record AmbiguousPath() implements Access {}
}
