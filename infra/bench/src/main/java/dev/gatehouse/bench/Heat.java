package dev.gatehouse.bench;

import java.util.List;

/**
 * How all contestants did under one load.
 *
 * @param figures in the order of the contestants, of which the first is the floor
 */
record Heat(Load load, List<Figure> figures) {

    Heat {
        figures = List.copyOf(figures);
    }

    Figure floor() {
        return figures.getFirst();
    }
}
