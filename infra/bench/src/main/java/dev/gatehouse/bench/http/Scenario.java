// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.http;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The requests of one measurement. */
enum Scenario {
    SPREAD("check, 10,000 subjects", "/v1/rate-limits/check", 200, false) {
        @Override
        List<String> bodies(UnaryOperator<String> tokens) {
            // At a higher rate Redis would expire each record within a millisecond, and be measured creating them.
            return subjects().map(subject -> check(subject, 1_000, 60)).toList();
        }
    },
    HOT("check, one hot subject", "/v1/rate-limits/check", 200, false) {
        @Override
        List<String> bodies(UnaryOperator<String> tokens) {
            return List.of(check("hot", 1_000_000, 1));
        }
    },
    DENIED("denied before", "/v1/rate-limits/check", 429, false) {
        @Override
        List<String> bodies(UnaryOperator<String> tokens) {
            return List.of(check("exhausted", 1, 3600));
        }
    },
    LOOKUP("session lookup", "/v1/sessions/lookup", 200, false) {
        @Override
        List<String> bodies(UnaryOperator<String> tokens) {
            return subjects()
                    .map(subject -> "{\"token\":\"" + tokens.apply(subject) + "\"}")
                    .toList();
        }
    },
    CLAIM("claim", "/v1/idempotency/claims", 201, true) {
        @Override
        List<String> bodies(UnaryOperator<String> tokens) {
            return List.of("{\"key\":\"@\",\"leaseMillis\":30000,\"ttlSeconds\":60}");
        }
    };

    private static final int SUBJECTS = 10_000;

    private final String title;
    private final String path;
    private final int status;
    private final boolean unique;

    Scenario(String title, String path, int status, boolean unique) {
        this.title = title;
        this.path = path;
        this.status = status;
        this.unique = unique;
    }

    String title() {
        return title;
    }

    String path() {
        return path;
    }

    /** Returns the status of every response except the first ones. */
    int status() {
        return status;
    }

    /** Returns whether each request is different. The sender replaces {@code @} in the body with a unique text. */
    boolean isUnique() {
        return unique;
    }

    /**
     * Returns the request bodies, which are sent in rotation.
     *
     * @param tokens returns the session token of a subject
     */
    abstract List<String> bodies(UnaryOperator<String> tokens);

    static Stream<String> subjects() {
        return IntStream.range(0, SUBJECTS).mapToObj(i -> "subject-" + i);
    }

    private static String check(String subject, int limit, int windowSeconds) {
        return "{\"limits\":[{\"name\":\"api\",\"subject\":\"%s\",\"limit\":%d,\"windowSeconds\":%d}]}"
                .formatted(subject, limit, windowSeconds);
    }
}
