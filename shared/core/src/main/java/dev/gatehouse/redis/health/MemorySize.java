// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.health;

import java.util.Locale;

/** An amount of memory in bytes, formatted for display. */
public record MemorySize(long value) {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    @Override
    public String toString() {
        double amount = value;
        var unit = 0;
        while (amount >= 1024 && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        return unit == 0 ? value + " B" : String.format(Locale.ROOT, "%.1f %s", amount, UNITS[unit]);
    }
}
