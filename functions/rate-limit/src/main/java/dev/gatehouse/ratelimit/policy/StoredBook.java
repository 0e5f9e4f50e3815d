package dev.gatehouse.ratelimit.policy;

import dev.gatehouse.ratelimit.Limit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A tenant's policies as stored in Redis.
 *
 * @param version the version, which differs after each change
 * @param unreadable the names of policies that are unreadable themselves or in an override; these parts are treated as
 *     absent
 */
record StoredBook(String version, PolicySnapshot book, Set<String> unreadable) {

    private static final String POLICY = "policy:";
    private static final String OVERRIDE = "override:";

    /**
     * Parses the stored hash.
     *
     * @param fieldsAndValues the fields and values of the hash that {@code policies.lua} describes
     */
    static StoredBook of(List<?> fieldsAndValues) {
        var reader = new Reader();
        for (int i = 0; i < fieldsAndValues.size(); i += 2) {
            reader.read((String) fieldsAndValues.get(i), (String) fieldsAndValues.get(i + 1));
        }
        return new StoredBook(
                reader.version, PolicySnapshot.of(reader.policies, reader.overrides), Set.copyOf(reader.unreadable));
    }

    /** Returns a copy with other policies and the same version, until the next read. */
    StoredBook with(PolicySnapshot changed) {
        return new StoredBook(version, changed, unreadable);
    }

    private static final class Reader {

        private final List<Limit> policies = new ArrayList<>();
        private final Map<OverrideKey, Limit> overrides = new HashMap<>();
        private final Set<String> unreadable = new TreeSet<>();

        /** The parsed limits. Equal overrides share one instance. */
        private final Map<LimitText, Optional<Limit>> limits = new HashMap<>();

        private String version = "0";

        void read(String field, String value) {
            if (field.equals("version")) {
                version = value;
            } else if (field.startsWith(POLICY)) {
                limit(field.substring(POLICY.length()), value).ifPresent(policies::add);
            } else if (field.startsWith(OVERRIDE)) {
                int tag = field.indexOf(':', OVERRIDE.length()) + 1;
                if (tag > 0) {
                    var key = new OverrideKey(field.substring(OVERRIDE.length(), tag - 1), field.substring(tag));
                    limit(key.policy(), value).ifPresent(limit -> overrides.put(key, limit));
                }
            }
        }

        private Optional<Limit> limit(String name, String text) {
            var limit = limits.computeIfAbsent(
                    new LimitText(name, text), limitText -> Optional.ofNullable(limitText.limit()));
            if (limit.isEmpty() && Limit.isName(name)) {
                unreadable.add(name);
            }
            return limit;
        }
    }
}
