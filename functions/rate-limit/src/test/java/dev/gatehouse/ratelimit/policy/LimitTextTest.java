// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.ratelimit.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.fallback.FallbackPolicy;
import dev.gatehouse.ratelimit.Limit;
import dev.gatehouse.ratelimit.algorithm.CalendarPeriod;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LimitTextTest {

    static Stream<Arguments> limits() {
        return Stream.of(
                Arguments.of(
                        "algorithm=gcra limit=100 windowSeconds=60 burst=20 shadow whenDown=open",
                        new Limit("p", 100, 60, 20).inShadow().whenDown(FallbackPolicy.OPEN)),
                Arguments.of("algorithm=gcra limit=0 windowSeconds=60 burst=0", Limit.of("p", 0, 60)),
                Arguments.of("algorithm=sliding-window limit=5 windowSeconds=1", Limit.sliding("p", 5, 1)),
                Arguments.of(
                        "algorithm=fixed-window limit=1000000000 windowSeconds=315360000 whenDown=closed",
                        Limit.fixed("p", Limit.MAX_UNITS, Limit.MAX_WINDOW_SECONDS)
                                .whenDown(FallbackPolicy.CLOSED)),
                Arguments.of(
                        "algorithm=calendar-window limit=9 period=day timeZone=Europe/Berlin shadow",
                        Limit.calendar("p", 9, CalendarPeriod.DAY, ZoneId.of("Europe/Berlin"))
                                .inShadow()),
                Arguments.of(
                        "algorithm=calendar-window limit=9 period=month timeZone=+05:30 whenDown=local",
                        Limit.calendar("p", 9, CalendarPeriod.MONTH, ZoneId.of("+05:30"))
                                .whenDown(FallbackPolicy.LOCAL)),
                Arguments.of(
                        "algorithm=calendar-window limit=9 period=week timeZone=UTC",
                        Limit.calendar("p", 9, CalendarPeriod.WEEK, ZoneId.of("UTC"))),
                Arguments.of(
                        "algorithm=calendar-window limit=9 period=year timeZone=UTC startsOn=2024-02-29",
                        Limit.calendar("p", 9, CalendarPeriod.YEAR, ZoneId.of("UTC"), LocalDate.parse("2024-02-29"))),
                Arguments.of("algorithm=unlimited limit=1000000000", Limit.unlimited("p")));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void aLimitIsWrittenAsReadableTextAndParsed(String text, Limit limit) {
        assertThat(LimitText.of(limit)).isEqualTo(new LimitText("p", text));
        assertThat(new LimitText("p", text).limit()).isEqualTo(limit);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "whenDown=open burst=20 shadow windowSeconds=60 limit=100 algorithm=gcra",
                "shadow algorithm=gcra whenDown=OPEN limit=100 burst=20 windowSeconds=60",
            })
    void theOrderOfItsWordsDoesNotMatter(String text) {
        assertThat(new LimitText("p", text).limit())
                .isEqualTo(new Limit("p", 100, 60, 20).inShadow().whenDown(FallbackPolicy.OPEN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "junk",
                "{\"limit\":100}",
                "algorithm=gcra limit=100 windowSeconds=60",
                "algorithm=gcra limit=100 burst=100",
                "algorithm=gcra windowSeconds=60 burst=100",
                "limit=100 windowSeconds=60 burst=100",
                "algorithm=gcra limit=100 windowSeconds=60 burst=100 costly",
                "algorithm=gcra limit=100 windowSeconds=60 burst=100 period=day",
                "algorithm=gcra limit=100 windowSeconds=60 burst=100 limit=100",
                "algorithm=gcra limit=100  windowSeconds=60 burst=100",
                "algorithm=gcra limit=100 windowSeconds=60 burst=100 shadow=false",
                "algorithm=gcra limit=100 windowSeconds=60 burst=100 whenDown",
                "algorithm=gcra limit=100 windowSeconds=60 burst=100 whenDown=sideways",
                "algorithm=gcra limit=1e2 windowSeconds=60 burst=100",
                "algorithm=gcra limit=-1 windowSeconds=60 burst=100",
                "algorithm=gcra limit=99999999999999999999 windowSeconds=60 burst=100",
                "algorithm=gcra limit=100 windowSeconds=0 burst=100",
                "algorithm=leaky-bucket limit=100 windowSeconds=60",
                "algorithm=calendar-window limit=9 period=decade timeZone=UTC",
                "algorithm=calendar-window limit=9 period=day timeZone=UTC startsOn=2024-01-31",
                "algorithm=calendar-window limit=9 period=month timeZone=UTC startsOn=2024-02-30",
                "algorithm=calendar-window limit=9 period=month timeZone=UTC startsOn=+10000-01-01",
                "algorithm=fixed-window limit=9 windowSeconds=60 startsOn=2024-01-31",
                "algorithm=calendar-window limit=9 period=day timeZone=Atlantis/Capital",
                "algorithm=calendar-window limit=9 period=day timeZone=",
            })
    void anInvalidTextIsNoLimit(String text) {
        assertThat(new LimitText("p", text).limit()).isNull();
    }
}
