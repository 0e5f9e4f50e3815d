// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.policies;

import dev.gatehouse.fallback.Decision;
import dev.gatehouse.fallback.Decision.Decided;
import dev.gatehouse.fallback.Decision.Unavailable;
import dev.gatehouse.ratelimit.http.policy.PolicyDocument;
import dev.gatehouse.ratelimit.policy.Policies;
import dev.gatehouse.ratelimit.policy.Policies.StoreResult;
import dev.gatehouse.ratelimit.policy.PolicySnapshot;
import dev.gatehouse.ratelimit.policy.RedisPolicies;
import dev.gatehouse.redis.Deadline;
import dev.gatehouse.redis.RedisLink;
import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Compares the stored policies of a tenant with those of a file, or stores the latter.
 *
 * @param applies whether to store the policies of the file
 * @param prunes whether to remove the policies that the file does not have
 * @param redis the URL of Redis; null if the environment names it
 */
public record PolicyCommand(
        boolean applies,
        boolean prunes,
        String file,
        String tenant,
        @Nullable String redis) {

    static final int SAME = 0;
    static final int DIFFERENT = 1;
    static final int FAILED = 2;

    /** The first connection on a cold JVM may exceed the connection timeout. Every operation may be repeated. */
    private static final int ATTEMPTS = 4;

    private static final Duration PAUSE = Duration.ofMillis(250);

    /**
     * Parses the words after {@code policies}.
     *
     * @throws InvalidSetting if they are malformed
     */
    public static PolicyCommand parse(List<String> words, Map<String, String> environment) {
        var names = new ArrayList<String>();
        var tenant = environment.getOrDefault("GATEHOUSE_TENANT", "default");
        boolean prunes = false;
        for (var rest = words.iterator(); rest.hasNext(); ) {
            var word = rest.next();
            switch (word) {
                case "--prune" -> prunes = true;
                case "--tenant" -> tenant = rest.hasNext() ? rest.next() : "";
                default -> names.add(word);
            }
        }
        if (names.size() < 2 || names.size() > 3 || !List.of("diff", "apply").contains(names.getFirst())) {
            throw new InvalidSetting("The command line", "needs policies diff <file> or policies apply <file>");
        }
        if (!tenant.matches("[a-z0-9][a-z0-9-]{0,31}")) {
            throw new InvalidSetting("--tenant", "takes 1 to 32 characters of a-z 0-9 -, as in GATEHOUSE_API_KEYS");
        }
        var applies = names.getFirst().equals("apply");
        if (prunes && !applies) {
            throw new InvalidSetting("--prune", "belongs to policies apply");
        }
        return new PolicyCommand(applies, prunes, names.get(1), tenant, names.size() == 3 ? names.get(2) : null);
    }

    /**
     * Runs the command.
     *
     * @return 0 if the policies were the same or were stored; 1 if they differ; 2 if Redis does not reply or has no room
     * @throws InvalidSetting if the file cannot be read or is invalid
     */
    public int run(RedisSettings settings, PrintStream out) {
        var wanted = PolicyDocument.read("The file", file).of(tenant);
        try (var link = RedisLink.to(settings)) {
            var call = new Call(new RedisPolicies(link), link, out);
            return switch (call.decided(policies -> policies.current(tenant, call.deadline()))) {
                case Decided<PolicySnapshot>(var snapshot, var _) -> {
                    var differences = PolicyDifference.between(snapshot.policies("", Policies.MAX_POLICIES), wanted);
                    yield applies ? apply(differences, call) : print(differences, out);
                }
                case Unavailable<PolicySnapshot> _ -> call.unavailable();
            };
        }
    }

    private int print(List<PolicyDifference> differences, PrintStream out) {
        differences.forEach(difference -> out.println(difference.text()));
        if (differences.isEmpty()) {
            out.println("The policies of tenant " + tenant + " are those of the file.");
        }
        return differences.isEmpty() ? SAME : DIFFERENT;
    }

    private int apply(List<PolicyDifference> differences, Call call) {
        int changes = 0;
        var removalsFirst = new ArrayList<>(differences); // They make room.
        removalsFirst.sort(Comparator.comparing(difference -> difference.wanted() != null));
        for (var difference : removalsFirst) {
            var wanted = difference.wanted();
            if (wanted == null && !prunes) {
                continue;
            }
            var decision = wanted == null
                    ? call.decided(policies -> policies.remove(tenant, difference.name(), call.deadline()))
                    : call.decided(policies -> policies.put(tenant, wanted, call.deadline()));
            if (decision instanceof Unavailable) {
                return call.unavailable();
            }
            if (decision instanceof Decided<?>(var result, var _) && result == StoreResult.TOO_MANY) {
                call.out.println("Redis has " + Policies.MAX_POLICIES + " policies of tenant " + tenant
                        + ", the maximum. " + difference.name() + " was not stored.");
                return FAILED;
            }
            call.out.println(difference.text());
            changes++;
        }
        call.out.println(changes + (changes == 1 ? " policy" : " policies") + " of tenant " + tenant + " changed.");
        return SAME;
    }

    /** The calls to one Redis. */
    private record Call(Policies policies, RedisLink link, PrintStream out) {

        <T> Decision<T> decided(Function<Policies, CompletionStage<Decision<T>>> operation) {
            for (int attempt = 1; ; attempt++) {
                var decision = operation.apply(policies).toCompletableFuture().join();
                if (decision instanceof Decided || attempt == ATTEMPTS) {
                    return decision;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }

        Deadline deadline() {
            return Deadline.in(link.settings().decisionBudget());
        }

        int unavailable() {
            var failure = link.failure();
            out.println("Redis at " + link.settings().maskedUrl() + " did not decide"
                    + (failure == null ? "." : ": " + failure.reason() + "."));
            return FAILED;
        }
    }
}
