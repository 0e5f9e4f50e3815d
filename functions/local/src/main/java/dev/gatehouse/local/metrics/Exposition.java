package dev.gatehouse.local.metrics;

import java.util.List;

/** Metrics in Prometheus's text format, version 0.0.4. */
final class Exposition {

    /** What a scraper is told that it is. */
    static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder(16_384);

    /** Begins a metric; its samples follow. */
    void family(String name, String type, String help) {
        text.append("# HELP ")
                .append(name)
                .append(' ')
                .append(help.replace("\\", "\\\\").replace("\n", "\\n"));
        text.append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    void sample(String name, List<String> labels, List<String> values, double value) {
        text.append(name);
        if (!labels.isEmpty()) {
            text.append('{');
            for (int i = 0; i < labels.size(); i++) {
                text.append(i == 0 ? "" : ",").append(labels.get(i)).append("=\"");
                quote(values.get(i));
                text.append('"');
            }
            text.append('}');
        }
        text.append(' ').append(number(value)).append('\n');
    }

    /** Whole numbers without a fraction, as people read them. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1L << 53
                ? Long.toString((long) value)
                : value == Double.POSITIVE_INFINITY ? "+Inf" : Double.toString(value);
    }

    private void quote(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                default -> text.append(c);
            }
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
