// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.soak;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.gatehouse.soak.books.BookResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The results of a soak.
 *
 * @param faults the faults with the second at which each began
 * @param usage what was used while the traffic ran
 * @param rest what is used after the lives of most keys
 * @param remaining the keys that remain then, by kind
 */
record SoakReport(
        int minutes,
        String java,
        String redis,
        String date,
        List<String> faults,
        List<BookResult> books,
        List<Usage> usage,
        Usage rest,
        Map<String, RemainingKeys> remaining) {

    private static final double MIB = 1024 * 1024;

    /** The heap of a server grows by its caches; they are bounded, and full before a third of the run. */
    private static final double GROWTH_MIB = 16;

    private static final int MORE_DESCRIPTORS = 20;
    private static final int MORE_THREADS = 10;

    /** A day; no key of the traffic lives for longer. */
    private static final long LONGEST_SECONDS = 24 * 3600;

    /** Returns what is wrong, in words; empty if nothing is. */
    List<String> failures() {
        var failures = new ArrayList<String>();
        for (var book : books) {
            book.wrong().forEach(wrong -> failures.add(book.book() + ": " + wrong));
            if (book.judged() == 0) {
                failures.add(book.book() + ": no episode was judged");
            }
        }
        var early = usage.get(usage.size() / 3);
        var late = usage.getLast();
        if (late.liveBytes() > early.liveBytes() + GROWTH_MIB * MIB) {
            failures.add(
                    "the heap grew from %.1f to %.1f MiB".formatted(early.liveBytes() / MIB, late.liveBytes() / MIB));
        }
        if (late.descriptors() > early.descriptors() + MORE_DESCRIPTORS) {
            failures.add("descriptors grew from %d to %d".formatted(early.descriptors(), late.descriptors()));
        }
        if (late.threads() > early.threads() + MORE_THREADS) {
            failures.add("threads grew from %d to %d".formatted(early.threads(), late.threads()));
        }
        remaining.forEach((kind, keys) -> {
            if (keys.longest() < 0 || keys.longest() > LONGEST_SECONDS) {
                failures.add("keys of the kind %s live for too long: %s".formatted(kind, keys));
            }
        });
        return failures;
    }

    /** Returns the tables for docs/performance.md. */
    String markdown() {
        var text = new StringBuilder(
                "| capability | requests | episodes judged | not judged: Redis did not decide | lost by a failover | wrong |%n|---|---:|---:|---:|---:|---:|%n"
                        .formatted());
        for (var book : books) {
            text.append("| %s | %,d | %,d | %,d | %,d | %d |%n"
                    .formatted(
                            book.book(),
                            book.requests(),
                            book.judged(),
                            book.abandoned(),
                            book.lost(),
                            book.wrong().size()));
        }
        text.append(
                "%n| minute | heap after GC, MiB | resident, MiB | descriptors | threads | keys |%n|---:|---:|---:|---:|---:|---:|%n"
                        .formatted());
        var step = Math.max(1, usage.size() / 6);
        for (var index = 0; index < usage.size(); index++) {
            if (index % step == 0 || index == usage.size() - 1) {
                text.append(row(Long.toString(Math.round(usage.get(index).seconds() / 60.0)), usage.get(index)));
            }
        }
        text.append(row("at rest", rest));
        text.append("%nAt rest remain, by kind: %s.%n".formatted(kinds()));
        text.append("%n%d minutes, 2 callers for each capability; faults: %s. JDK %s, Redis %s, %s.%n"
                .formatted(minutes, String.join(", ", faults), java, redis, date));
        return text.toString();
    }

    private String kinds() {
        return remaining.entrySet().stream()
                .map(kind -> "%,d `%s` for up to %,d s"
                        .formatted(
                                kind.getValue().count(),
                                kind.getKey(),
                                kind.getValue().longest()))
                .collect(Collectors.joining(", "));
    }

    private static String row(String minute, Usage used) {
        return String.format(
                Locale.ROOT,
                "| %s | %.1f | %.0f | %d | %d | %,d |%n",
                minute,
                used.liveBytes() / MIB,
                used.residentBytes() / MIB,
                used.descriptors(),
                used.threads(),
                used.keys());
    }

    void publish(Path directory) throws IOException {
        Files.createDirectories(directory);
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(directory.resolve("soak.json").toFile(), this);
        System.out.println(markdown());
    }
}
