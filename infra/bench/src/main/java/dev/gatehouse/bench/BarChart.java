package dev.gatehouse.bench;

import java.util.List;
import java.util.Locale;

/**
 * Medians as horizontal bars, in an SVG that suits a light page and a dark one.
 *
 * @param method how it was measured, in a line
 * @param heats each a group of bars
 * @param ours whose bars stand out
 */
record BarChart(String title, String method, List<Heat> heats, String ours) {

    private static final int WIDTH = 760;
    private static final int MARGIN = 28;
    private static final int HEAD = 82;
    private static final int GROUP_HEAD = 30;
    private static final int GROUP_GAP = 20;
    private static final int ROW = 28;
    private static final int BAR = 18;
    private static final int BARS_FROM = 264;
    private static final int LONGEST_BAR = 310;
    private static final int RATES_END = 642;
    private static final int RATIOS_END = WIDTH - MARGIN;

    /** On a card of its own, since a page's colours need not be those that its reader's system prefers. */
    private static final String STYLE = """
            <style>
              text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: #1f2328; }
              .title { font-size: 18px; font-weight: 600; }
              .soft { font-size: 12px; fill: #59636e; }
              .value { font-variant-numeric: tabular-nums; }
              .group, .of-ours { font-weight: 600; }
              .card { fill: #ffffff; stroke: #d1d9e0; }
              .floor { fill: #8c959f; }
              .peer { fill: #c3cbd3; }
              .ours { fill: #0f7b6c; }
              .reach { stroke: #8c959f; stroke-dasharray: 2 4; }
              @media (prefers-color-scheme: dark) {
                text { fill: #f0f6fc; }
                .soft { fill: #9198a1; }
                .card { fill: #0d1117; stroke: #3d444d; }
                .floor { fill: #7d8590; }
                .peer { fill: #4b535d; }
                .ours { fill: #2fb8a2; }
                .reach { stroke: #7d8590; }
              }
            </style>
            """;

    String svg() {
        var drawn = new StringBuilder();
        var top = HEAD;
        for (var heat : heats) {
            drawn.append(group(heat, top));
            top += GROUP_HEAD + heat.figures().size() * ROW + GROUP_GAP;
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

    private String group(Heat heat, int top) {
        var figures = heat.figures();
        var barsTop = top + GROUP_HEAD;
        var barsEnd = barsTop + (figures.size() - 1) * ROW + BAR;
        var drawn = new StringBuilder(String.format(
                Locale.ROOT,
                """
                <text class="group" x="%1$d" y="%2$d">%3$s</text>
                <text class="soft" x="%4$d" y="%2$d" text-anchor="end">a second</text>
                <text class="soft" x="%5$d" y="%2$d" text-anchor="end">of the floor</text>
                <line class="reach" x1="%6$.1f" y1="%7$d" x2="%6$.1f" y2="%8$d"/>
                """,
                MARGIN,
                top + 18,
                heat.load().title(),
                RATES_END,
                RATIOS_END,
                BARS_FROM + length(heat.floor()),
                barsTop,
                barsEnd));
        for (var i = 0; i < figures.size(); i++) {
            drawn.append(bar(figures.get(i), heat.floor(), barsTop + i * ROW));
        }
        return drawn.toString();
    }

    private String bar(Figure figure, Figure floor, int top) {
        var kind = figure.name().equals(ours) ? "ours" : figure.equals(floor) ? "floor" : "peer";
        return String.format(
                Locale.ROOT,
                """
                <text class="of-%1$s" x="%2$d" y="%3$d">%4$s</text>
                <rect class="%1$s" x="%5$d" y="%6$d" width="%7$.1f" height="%8$d" rx="3"/>
                <text class="value of-%1$s" x="%9$d" y="%3$d" text-anchor="end">%10$,.0f</text>
                <text class="value of-%1$s" x="%11$d" y="%3$d" text-anchor="end">%12$.2f</text>
                """,
                kind,
                MARGIN,
                top + 14,
                figure.name(),
                BARS_FROM,
                top,
                length(figure),
                BAR,
                RATES_END,
                figure.median(),
                RATIOS_END,
                figure.ratioTo(floor));
    }

    /** So that the fastest of all groups fills the room. */
    private double length(Figure figure) {
        var fastest = heats.stream()
                .flatMap(heat -> heat.figures().stream())
                .mapToDouble(Figure::median)
                .max()
                .orElseThrow();
        return LONGEST_BAR * figure.median() / fastest;
    }
}
