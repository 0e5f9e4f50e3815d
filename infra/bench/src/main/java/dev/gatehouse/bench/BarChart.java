// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench;

import java.util.List;
import java.util.Locale;

/**
 * Draws medians as horizontal bars, in an SVG for light and dark pages.
 *
 * @param method the method of measurement, in one line
 * @param unit the unit of all values
 */
record BarChart(String title, String method, String unit, List<Comparison> groups) {

    private static final int WIDTH = 760;
    private static final int MARGIN = 28;
    private static final int HEAD = 82;
    private static final int GROUP_HEAD = 30;
    private static final int GROUP_GAP = 20;
    private static final int ROW = 28;
    private static final int BAR = 18;
    private static final int BARS_FROM = 264;
    private static final int LONGEST_BAR = 310;
    private static final int VALUES_END = 642;
    private static final int RATIOS_END = WIDTH - MARGIN;

    /** Draws its own background, because the page's colours may differ from the system's preference. */
    private static final String STYLE = """
            <style>
              text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: #1f2328; }
              .title { font-size: 18px; font-weight: 600; }
              .soft { font-size: 12px; fill: #59636e; }
              .value { font-variant-numeric: tabular-nums; }
              .group, .of-ours { font-weight: 600; }
              .card { fill: #ffffff; stroke: #d1d9e0; }
              .baseline { fill: #8c959f; }
              .peer { fill: #c3cbd3; }
              .ours { fill: #0f7b6c; }
              .reach { stroke: #8c959f; stroke-dasharray: 2 4; }
              @media (prefers-color-scheme: dark) {
                text { fill: #f0f6fc; }
                .soft { fill: #9198a1; }
                .card { fill: #0d1117; stroke: #3d444d; }
                .baseline { fill: #7d8590; }
                .peer { fill: #4b535d; }
                .ours { fill: #2fb8a2; }
                .reach { stroke: #7d8590; }
              }
            </style>
            """;

    String svg() {
        var drawn = new StringBuilder();
        var top = HEAD;
        for (var group : groups) {
            drawn.append(drawn(group, top));
            top += GROUP_HEAD + group.series().size() * ROW + GROUP_GAP;
        }
        var height = top - GROUP_GAP + MARGIN;
        return String.format(
                Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" role="img" aria-labelledby="title">
                <title id="title">%3$s</title>
                %4$s<rect class="card" x="0.5" y="0.5" width="%5$d" height="%6$d" rx="10"/>
                <text class="title" x="%7$d" y="40">%3$s</text>
                <text class="soft" x="%7$d" y="62">%8$s</text>
                %9$s</svg>
                """, WIDTH, height, title, STYLE, WIDTH - 1, height - 1, MARGIN, method, drawn);
    }

    private String drawn(Comparison group, int top) {
        var bars = group.series();
        var barsTop = top + GROUP_HEAD;
        var barsEnd = barsTop + (bars.size() - 1) * ROW + BAR;
        var drawn = new StringBuilder(String.format(
                Locale.ROOT,
                """
                <text class="group" x="%1$d" y="%2$d">%3$s</text>
                <text class="soft" x="%4$d" y="%2$d" text-anchor="end">%9$s</text>
                <text class="soft" x="%5$d" y="%2$d" text-anchor="end">of baseline</text>
                <line class="reach" x1="%6$.1f" y1="%7$d" x2="%6$.1f" y2="%8$d"/>
                """,
                MARGIN,
                top + 18,
                group.title(),
                VALUES_END,
                RATIOS_END,
                BARS_FROM + length(group.baseline()),
                barsTop,
                barsEnd,
                unit));
        for (var i = 0; i < bars.size(); i++) {
            drawn.append(drawn(bars.get(i), group.baseline(), barsTop + i * ROW));
        }
        return drawn.toString();
    }

    private String drawn(Series bar, Series baseline, int top) {
        return String.format(
                Locale.ROOT,
                """
                <text class="of-%1$s" x="%2$d" y="%3$d">%4$s</text>
                <rect class="%1$s" x="%5$d" y="%6$d" width="%7$.1f" height="%8$d" rx="3"/>
                <text class="value of-%1$s" x="%9$d" y="%3$d" text-anchor="end">%10$s</text>
                <text class="value of-%1$s" x="%11$d" y="%3$d" text-anchor="end">%12$.2f</text>
                """,
                bar.role().name().toLowerCase(Locale.ROOT),
                MARGIN,
                top + 14,
                bar.name(),
                BARS_FROM,
                top,
                length(bar),
                BAR,
                VALUES_END,
                SuiteReport.figure(bar.median()),
                RATIOS_END,
                bar.ratioTo(baseline));
    }

    /** Scales the longest bar of all groups to the full length. */
    private double length(Series bar) {
        var longest = groups.stream()
                .flatMap(group -> group.series().stream())
                .mapToDouble(Series::median)
                .max()
                .orElseThrow();
        return LONGEST_BAR * bar.median() / longest;
    }
}
