// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.openapi;

import java.io.StringReader;
import java.io.StringWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Sorts an OpenAPI document: paths, operations, responses, headers, tags and components. Keeps every value as written. */
final class SortedYaml {

    private static final List<String> SECTIONS =
            List.of("openapi", "info", "servers", "security", "tags", "paths", "components");

    /** The parts whose members have names instead of keywords, and so no order. */
    private static final Set<String> BY_NAME = Set.of("paths", "responses", "headers", "components");

    private static final Comparator<NodeTuple> NAME = Comparator.comparing(SortedYaml::name);

    private SortedYaml() {}

    static String of(String document) {
        var options = new DumperOptions();
        options.setWidth(120);
        options.setDefaultFlowStyle(FlowStyle.BLOCK);
        var yaml = new Yaml(options);
        var root = (MappingNode) yaml.compose(new StringReader(document));
        root.getValue().sort(Comparator.comparing(part -> SECTIONS.indexOf(name(part))));
        sort(root, 0);
        var sorted = new StringWriter();
        yaml.serialize(root, sorted);
        return sorted.toString();
    }

    private static void sort(Node node, int depth) {
        switch (node) {
            case MappingNode mapping ->
                mapping.getValue().forEach(part -> {
                    if (part.getValueNode() instanceof MappingNode members && BY_NAME.contains(name(part))) {
                        members.getValue().sort(NAME);
                        if (depth == 0) {
                            // The methods of a path, and the components of a kind.
                            members.getValue().stream()
                                    .map(member -> (MappingNode) member.getValueNode())
                                    .forEach(member -> member.getValue().sort(NAME));
                        }
                    }
                    if (part.getValueNode() instanceof SequenceNode tags
                            && depth == 0
                            && name(part).equals("tags")) {
                        tags.getValue().sort(Comparator.comparing(SortedYaml::tag));
                    }
                    sort(part.getValueNode(), depth + 1);
                });
            case SequenceNode sequence -> sequence.getValue().forEach(element -> sort(element, depth + 1));
            default -> {}
        }
    }

    private static String name(NodeTuple part) {
        return ((ScalarNode) part.getKeyNode()).getValue();
    }

    private static String tag(Node tag) {
        return ((MappingNode) tag)
                .getValue().stream()
                        .filter(part -> name(part).equals("name"))
                        .map(part -> ((ScalarNode) part.getValueNode()).getValue())
                        .findFirst()
                        .orElseThrow();
    }
}
