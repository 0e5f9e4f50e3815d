package dev.gatehouse.ratelimit;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Charges by the slots that their keys lie in. */
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

    /** Whether the keys lie in more than one. */
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
