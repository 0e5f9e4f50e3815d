// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The text of {@code /metrics}, read as strictly as Prometheus does: each metric once, with its help and type before its
 * samples, each series once, buckets that only grow.
 *
 * @param samples in their order
 * @param types by metric
 */
public record Scrape(List<Sample> samples, Map<String, String> types) {

    public record Sample(String name, Map<String, String> labels, double value) {}

    private static final Pattern HELP = Pattern.compile("# HELP ([a-z0-9_]+) \\S.*");
    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-z0-9_]+) (counter|gauge|histogram|summary)");
    private static final Pattern SAMPLE = Pattern.compile("([a-z0-9_]+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("\\G(?:^|,)([a-z_]+)=\"((?:[^\"\\\\\n]|\\\\[\"\\\\n])*)\"");

    public static Scrape of(String text) {
        assertThat(text).endsWith("\n");
        var scrape = new Scrape(new ArrayList<>(), new LinkedHashMap<>());
        var helped = "";
        var family = "";
        for (var line : text.lines().toList()) {
            var help = HELP.matcher(line);
            var type = TYPE.matcher(line);
            if (help.matches()) {
                helped = help.group(1);
            } else if (type.matches()) {
                family = type.group(1);
                assertThat(family).as(line).isEqualTo(helped);
                assertThat(scrape.types.put(family, type.group(2)))
                        .as("twice: " + line)
                        .isNull();
            } else {
                var sample = sample(line);
                assertThat(scrape.familyOf(sample.name)).as(line).isEqualTo(family);
                scrape.samples.add(sample);
            }
        }
        scrape.requireSound();
        return scrape;
    }

    private static Sample sample(String line) {
        var matcher = SAMPLE.matcher(line);
        assertThat(matcher.matches()).as(line).isTrue();
        Map<String, String> labels = new HashMap<>();
        if (matcher.group(2) != null) {
            var label = LABEL.matcher(matcher.group(2));
            int end = 0;
            while (label.find()) {
                assertThat(labels.put(label.group(1), label.group(2))).as(line).isNull();
                end = label.end();
            }
            assertThat(end).as(line).isEqualTo(matcher.group(2).length());
        }
        return new Sample(matcher.group(1), labels, Double.parseDouble(matcher.group(3)));
    }

    /** Returns the metric of a series; null if there is none. */
    String familyOf(String name) {
        if (types.containsKey(name) && !hasParts(name)) {
            return name;
        }
        var base = name.replaceFirst("_(bucket|sum|count)$", "");
        return hasParts(base) && !base.equals(name) ? base : null;
    }

    private boolean hasParts(String family) {
        return "histogram".equals(types.get(family)) || "summary".equals(types.get(family));
    }

    private void requireSound() {
        var series = new HashSet<List<Object>>();
        samples.forEach(sample -> assertThat(series.add(List.of(sample.name, sample.labels)))
                .as("twice: " + sample)
                .isTrue());
        for (var sample : samples) {
            assertThat(sample.value).as(sample.toString()).isNotNaN();
            if (types.get(familyOf(sample.name)).equals("counter")) {
                assertThat(sample.name).endsWith("_total");
                assertThat(sample.value).as(sample.toString()).isNotNegative();
            }
        }
        types.forEach((name, type) -> {
            if (type.equals("histogram")) {
                requireBuckets(name);
            }
        });
    }

    private void requireBuckets(String name) {
        var series = samples.stream()
                .filter(sample -> sample.name.equals(name + "_bucket"))
                .collect(Collectors.groupingBy(sample -> without(sample.labels, "le")));
        series.forEach((labels, buckets) -> {
            var bounds = buckets.stream()
                    .map(bucket -> bucket.labels.get("le").replace("+Inf", "Infinity"))
                    .map(Double::parseDouble)
                    .toList();
            assertThat(bounds).isSorted().doesNotHaveDuplicates().endsWith(Double.POSITIVE_INFINITY);
            assertThat(buckets).extracting(Sample::value).isSorted();
            assertThat(value(name + "_count", labels)).isEqualTo(buckets.getLast().value);
            assertThat(value(name + "_sum", labels)).isNotNegative();
        });
    }

    private static Map<String, String> without(Map<String, String> labels, String name) {
        var others = new HashMap<>(labels);
        others.remove(name);
        return others;
    }

    /** Returns the value of one series; -1 if it does not exist. */
    public double value(String name, Map<String, String> labels) {
        return samples.stream()
                .filter(sample -> sample.name.equals(name) && sample.labels.equals(labels))
                .mapToDouble(Sample::value)
                .findFirst()
                .orElse(-1);
    }

    /** Returns the names of all series. */
    public Set<String> names() {
        return samples.stream().map(Sample::name).collect(Collectors.toSet());
    }

    /** Returns the values of a metric's label. */
    public Set<String> values(String name, String label) {
        return samples.stream()
                .filter(sample -> sample.name.equals(name))
                .map(sample -> sample.labels.get(label))
                .filter(value -> value != null)
                .collect(Collectors.toSet());
    }
}
