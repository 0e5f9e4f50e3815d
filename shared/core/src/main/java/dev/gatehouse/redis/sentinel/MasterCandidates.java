// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.sentinel;

import dev.gatehouse.redis.config.RedisSettings.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Collects the replies of the Sentinels and chooses the next address to try.
 *
 * <p>An address that a majority of the Sentinels reports is tried at once. A single Sentinel may have missed a failover, and
 * its master may not have been demoted yet: this shows only in the replies of the others. Once every Sentinel has replied or
 * failed, all addresses are tried, those with more reports first, and suspected ones last.
 *
 * <p>Thread-safe.
 */
public final class MasterCandidates {

    private final List<Node> sentinels;
    private final String master;
    private final Predicate<Node> isSuspected;
    private final Map<Node, SentinelReply> replies = new LinkedHashMap<>();
    private final Map<Node, String> tried = new LinkedHashMap<>();

    /**
     * @param master the name under which the Sentinels monitor the master
     * @param isSuspected returns whether an address failed a moment ago
     */
    public MasterCandidates(List<Node> sentinels, String master, Predicate<Node> isSuspected) {
        this.sentinels = sentinels.stream().distinct().toList();
        this.master = master;
        this.isSuspected = isSuspected;
    }

    /** Returns new candidates without replies, for a second query. It does not try again what this one has tried. */
    public synchronized MasterCandidates again() {
        var next = new MasterCandidates(sentinels, master, isSuspected);
        next.tried.putAll(tried);
        return next;
    }

    public synchronized void add(SentinelReply reply) {
        replies.putIfAbsent(reply.sentinel(), reply);
    }

    /** Records that {@code address} is not usable, and the reason. */
    public synchronized void reject(Node address, String problem) {
        tried.put(address, problem);
    }

    /** Returns whether every Sentinel has replied or failed. */
    public synchronized boolean isComplete() {
        return replies.size() == sentinels.size();
    }

    /** Returns the next address to try; null if there is none, or none yet. */
    public synchronized @Nullable Node next() {
        var counts = new LinkedHashMap<Node, Integer>();
        for (var reply : replies.values()) {
            var address = reply.master();
            if (address != null && !tried.containsKey(address)) {
                counts.merge(address, 1, Integer::sum);
            }
        }
        var isComplete = isComplete();
        return counts.entrySet().stream()
                .filter(entry ->
                        isComplete || (entry.getValue() > sentinels.size() / 2 && !isSuspected.test(entry.getKey())))
                .min(Comparator.<Map.Entry<Node, Integer>, Boolean>comparing(entry -> isSuspected.test(entry.getKey()))
                        .thenComparing(Map.Entry::getValue, Comparator.reverseOrder()))
                .map(Map.Entry::getKey)
                .orElse(null);
    }

    /** Returns the replies so far. Sentinels without one have failed with {@code silence}. */
    public synchronized SentinelReport report(String silence) {
        var all = new ArrayList<SentinelReply>();
        for (var sentinel : sentinels) {
            var reply = replies.get(sentinel);
            all.add(reply == null ? SentinelReply.failed(sentinel, silence) : reply);
        }
        return new SentinelReport(master, all);
    }

    /** Returns one line with the reply of each Sentinel and the reason why each address was rejected. */
    public synchronized String describe(String silence) {
        var line = new StringBuilder(report(silence).toString());
        tried.forEach((address, problem) ->
                line.append("; ").append(address).append(": ").append(problem));
        return line.toString();
    }
}
