package dev.gatehouse.idempotency;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What memory knows, bounded in keys and bytes. Nothing is dropped before it expires. Not safe for threads. */
final class LocalRecords {

    private record Expiry(long at, String name) {}

    private final int maxKeys;
    private final long maxBytes;
    private final Map<String, LocalRecord> byName = new HashMap<>();
    private final TreeSet<Expiry> expiries =
            new TreeSet<>(Comparator.comparingLong(Expiry::at).thenComparing(Expiry::name));
    private long bytes;

    LocalRecords(int maxKeys, long maxBytes) {
        if (maxKeys < 1) {
            throw new IllegalArgumentException("maxKeys must be at least 1, not " + maxKeys);
        }
        this.maxKeys = maxKeys;
        this.maxBytes = maxBytes;
    }

    /** What is known of {@code key} now. Drops all that has expired. */
    @Nullable
    LocalRecord get(StoredKey key, long now) {
        while (!expiries.isEmpty() && expiries.first().at <= now) {
            drop(expiries.first().name);
        }
        return byName.get(key.name());
    }

    /** False if there is no room; then nothing has changed. */
    boolean put(StoredKey key, LocalRecord known) {
        var before = byName.get(key.name());
        long bytesAfter = bytes + known.bytes() - (before == null ? 0 : before.bytes());
        if ((before == null && byName.size() >= maxKeys) || (bytesAfter > maxBytes && bytesAfter > bytes)) {
            return false;
        }
        drop(key.name());
        byName.put(key.name(), known);
        expiries.add(new Expiry(known.expires(), key.name()));
        bytes = bytesAfter;
        return true;
    }

    void remove(StoredKey key) {
        drop(key.name());
    }

    void clear() {
        byName.clear();
        expiries.clear();
        bytes = 0;
    }

    private void drop(String name) {
        var dropped = byName.remove(name);
        if (dropped != null) {
            expiries.remove(new Expiry(dropped.expires(), name));
            bytes -= dropped.bytes();
        }
    }
}
