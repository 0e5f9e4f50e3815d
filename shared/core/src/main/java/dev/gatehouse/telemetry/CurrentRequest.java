package dev.gatehouse.telemetry;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * The request that this process serves now, where it serves one at a time, as on Lambda: whatever is logged meanwhile is
 * logged of it, whichever thread speaks.
 */
public final class CurrentRequest {

    private record Known(@Nullable String id, @Nullable String tenant) {}

    private static final Known NOTHING = new Known(null, null);

    private static volatile Known served = NOTHING;

    private CurrentRequest() {}

    /** From now on it is the one of that id; null: nothing is known of it. */
    public static void begins(@Nullable String id) {
        served = new Known(id, null);
    }

    /** Its caller turned out to be of {@code tenant}. */
    public static void isOf(String tenant) {
        served = new Known(served.id, tenant);
    }

    /** It is over. */
    public static void ends() {
        served = NOTHING;
    }

    /** Null between two. */
    public static @Nullable String id() {
        return served.id;
    }

    /** {@code fields}, and its id and tenant where they do not tell them. */
    public static List<KeyValuePair> addedTo(List<KeyValuePair> fields) {
        var now = served;
        return with("tenant", now.tenant, with("requestId", now.id, fields));
    }

    private static List<KeyValuePair> with(String name, @Nullable String value, List<KeyValuePair> fields) {
        if (value == null || fields.stream().anyMatch(field -> field.key.equals(name))) {
            return fields;
        }
        var more = new ArrayList<>(fields);
        more.add(new KeyValuePair(name, value));
        return more;
    }
}
