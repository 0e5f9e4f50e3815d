package dev.gatehouse.web;

import java.util.List;

/** Parts of the tree of paths. */
final class PathArea {

    private PathArea() {}

    /** Whether {@code path} is one of {@code roots}, or below one. */
    static boolean has(List<String> roots, String path) {
        for (var root : roots) {
            if (path.startsWith(root) && (path.length() == root.length() || path.charAt(root.length()) == '/')) {
                return true;
            }
        }
        return false;
    }
}
