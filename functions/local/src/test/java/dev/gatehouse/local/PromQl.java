// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The parts of a Prometheus query that can be read without a server: its selectors, the labels that it groups by,
 * and that it is whole and uses functions that exist.
 *
 * @param selectors in their order
 * @param groupedBy the labels of {@code by} and {@code without}
 */
record PromQl(List<Selector> selectors, Set<String> groupedBy) {

    /**
     * A metric with conditions on its labels.
     *
     * @param matchers by label, with the operator before the value: {@code =open}
     */
    record Selector(String metric, Map<String, String> matchers) {}

    private static final Set<String> FUNCTIONS =
            Set.of("avg", "delta", "histogram_quantile", "increase", "max", "min", "rate", "sum", "time", "topk");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

    private static final Pattern TOKEN = Pattern.compile("\\s*(?:([a-zA-Z_:][a-zA-Z0-9_:]*)"
            + "|(\"[^\"]*\"|'[^']*')"
            + "|(\\[(?:[0-9]+[smhd]|\\$__rate_interval|\\$__range)])"
            + "|([0-9.]+(?:e[0-9]+)?[smhd]?)"
            + "|(=~|!~|!=|==|>=|<=|[-+*/<>=(){},]))");

    static PromQl of(String query) {
        var tokens = new ArrayList<String>();
        var matcher = TOKEN.matcher(query);
        int end = 0;
        while (end < query.stripTrailing().length()) {
            if (!matcher.find(end) || matcher.start() != end) {
                throw new AssertionError("not understood from " + end + ": " + query);
            }
            tokens.add(matcher.group().strip());
            end = matcher.end();
        }
        var parsed = new PromQl(new ArrayList<>(), new HashSet<>());
        parsed.read(tokens, query);
        return parsed;
    }

    private void read(List<String> tokens, String query) {
        int depth = 0;
        for (int at = 0; at < tokens.size(); at++) {
            var token = tokens.get(at);
            var next = at + 1 < tokens.size() ? tokens.get(at + 1) : "";
            if (token.equals("(")) {
                depth++;
            } else if (token.equals(")")) {
                depth--;
                require(depth >= 0, query);
            } else if (token.equals("by") || token.equals("without")) {
                at = labels(tokens, at + 1, query);
            } else if (isName(token) && (next.equals("(") || next.equals("by") || next.equals("without"))) {
                require(FUNCTIONS.contains(token), token + " in " + query);
            } else if (isName(token) && !WORDS.contains(token)) {
                at = selector(tokens, at, query);
            } else {
                require(!token.equals("{") && !token.equals("}"), query);
            }
        }
        require(depth == 0, query);
        require(!selectors.isEmpty(), query);
    }

    private int labels(List<String> tokens, int from, String query) {
        require(tokens.get(from).equals("("), query);
        int at = from + 1;
        for (; !tokens.get(at).equals(")"); at++) {
            if (isName(tokens.get(at))) {
                groupedBy.add(tokens.get(at));
            } else {
                require(tokens.get(at).equals(","), query);
            }
        }
        return at;
    }

    private int selector(List<String> tokens, int from, String query) {
        var matchers = new java.util.HashMap<String, String>();
        selectors.add(new Selector(tokens.get(from), matchers));
        if (from + 1 == tokens.size() || !tokens.get(from + 1).equals("{")) {
            return from;
        }
        int at = from + 2;
        while (!tokens.get(at).equals("}")) {
            require(isName(tokens.get(at)) && Set.of("=", "!=", "=~", "!~").contains(tokens.get(at + 1)), query);
            var value = tokens.get(at + 2);
            require(value.startsWith("\""), query);
            matchers.put(tokens.get(at), tokens.get(at + 1) + value.substring(1, value.length() - 1));
            at += 3;
            if (tokens.get(at).equals(",")) {
                at++;
            }
        }
        return at;
    }

    private static boolean isName(String token) {
        return Character.isLetter(token.charAt(0)) || token.charAt(0) == '_';
    }

    private static void require(boolean met, String query) {
        if (!met) {
            throw new AssertionError("not a query: " + query);
        }
    }
}
