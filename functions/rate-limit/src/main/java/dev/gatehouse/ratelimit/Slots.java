package dev.gatehouse.ratelimit;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Groups charges by the slots of their keys. */
final class Slots {

    private Slots() {}

    static List<SlotCharges> of(List<LimitCharge> charges) {
        return grouped(charges, Function.identity()).stream()
                .map(SlotCharges::new)
                .toList();
    }

    static <T> Collection<List<T>> grouped(List<T> all, Function<T, LimitCharge> charge) {
        return all.stream()
                .collect(Collectors.groupingBy(one -> charge.apply(one).tag(), LinkedHashMap::new, Collectors.toList()))
                .values();
    }

    /** Returns whether the keys lie in more than one slot. */
    static boolean areSeveral(List<LimitCharge> charges) {
        var first = charges.getFirst().tag();
        for (var charge : charges) {
            if (!charge.tag().equals(first)) {
                return true;
            }
        }
        return false;
    }
}
