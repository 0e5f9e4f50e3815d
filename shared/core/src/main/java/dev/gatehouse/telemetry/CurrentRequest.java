// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.telemetry;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * Holds the current request of a process that serves one request at a time, as on Lambda. Log lines from all threads
 * carry its id and tenant.
 */
public final class CurrentRequest {

    private record Request(@Nullable String id, @Nullable String tenant) {}

    private static final Request NONE = new Request(null, null);

    private static volatile Request current = NONE;

    private CurrentRequest() {}

    /** Sets the current request. A null id stands for an unknown one. */
    public static void begin(@Nullable String id) {
        current = new Request(id, null);
    }

    public static void setTenant(String tenant) {
        current = new Request(current.id, tenant);
    }

    public static void end() {
        current = NONE;
    }

    /** Returns the id of the current request; null if it is unknown or there is no request. */
    public static @Nullable String id() {
        return current.id;
    }

    /** Returns {@code fields}, with the request id and tenant added where they are known and missing. */
    public static List<KeyValuePair> addTo(List<KeyValuePair> fields) {
        var now = current;
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
