// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import dev.gatehouse.local.Server;
import dev.gatehouse.local.TestServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Parses the headers of a check with another library for structured fields. */
class QuotaHeadersOverHttpTest {

    private static Server server;
    private static Caller caller;

    /** A member of a list: its string and its parameters. */
    private record Member(String name, Map<String, Object> parameters) {}

    @BeforeAll
    static void startTheServer() throws IOException {
        server = TestServer.start("ENABLE_REDIS", "false");
        caller = TestServer.caller(server);
        put("shadowed", "{'limit':1,'windowSeconds':60,'shadow':true}");
        put("endless", "{'unlimited':true}");
        put("closed", "{'limit':0,'windowSeconds':60}");
    }

    private static void put(String name, String policy) {
        assertThat(caller.call("PUT", "/v1/rate-limits/policies/" + name, policy.replace('\'', '"'))
                        .status())
                .isEqualTo(200);
    }

    @AfterAll
    static void stopIt() {
        server.close();
    }

    @Test
    void describesEveryKindOfLimit() {
        var response = check(
                "{'name':'a.B_c-1','subject':'s','limit':1000000000,'windowSeconds':315360000}",
                "{'name':'sliding','subject':'s','algorithm':'sliding-window','limit':5,'windowSeconds':10}",
                "{'name':'fixed','subject':'s','algorithm':'fixed-window','limit':5,'windowSeconds':10}",
                "{'name':'hour','subject':'s','algorithm':'fixed-window','limit':5,'period':'hour'}",
                "{'name':'month','subject':'s','algorithm':'fixed-window','limit':5,'period':'month','cost':0}");

        assertThat(members(response, "RateLimit-Policy"))
                .containsExactly(
                        new Member("a.B_c-1", Map.of("q", 1_000_000_000L, "w", 315_360_000L)),
                        new Member("sliding", Map.of("q", 5L, "w", 10L)),
                        new Member("fixed", Map.of("q", 5L, "w", 10L)),
                        new Member("hour", Map.of("q", 5L, "w", 3600L)),
                        new Member("month", Map.of("q", 5L)));
        assertThat(members(response, "RateLimit"))
                .extracting(Member::name)
                .containsExactly("a.B_c-1", "sliding", "fixed", "hour", "month");
        assertThat(members(response, "RateLimit")).allSatisfy(member -> {
            assertThat(member.parameters().keySet()).containsExactly("r", "t");
            assertThat(member.parameters().values())
                    .allSatisfy(value -> assertThat((Long) value).isNotNegative());
        });
    }

    @Test
    void describesAPolicyOfSeveralSubjectsOnce() {
        var response = check(
                "{'name':'both','subject':'ada','limit':5,'windowSeconds':60}",
                "{'name':'both','subject':'grace','limit':5,'windowSeconds':60,'cost':2}");

        assertThat(members(response, "RateLimit-Policy"))
                .containsExactly(new Member("both", Map.of("q", 5L, "w", 60L)));
        assertThat(members(response, "RateLimit"))
                .containsExactly(
                        new Member("both", Map.of("r", 4L, "t", 12L)), new Member("both", Map.of("r", 3L, "t", 24L)));
        assertThat(response.header("X-RateLimit-Remaining")).isEqualTo("3");
    }

    @Test
    void omitsLimitsThatCannotDeny() {
        var response = check(
                "{'policy':'shadowed','subject':'s','cost':2}",
                "{'policy':'endless','subject':'s'}",
                "{'name':'shown','subject':'s','limit':5,'windowSeconds':60}");

        assertThat(response.status()).isEqualTo(200);
        assertThat(members(response, "RateLimit")).extracting(Member::name).containsExactly("shown");
        assertThat(members(response, "RateLimit-Policy"))
                .extracting(Member::name)
                .containsExactly("shown");
        assertThat(response.header("X-RateLimit-Limit")).isEqualTo("5");
        var silent = check("{'policy':'shadowed','subject':'s','cost':2}", "{'policy':'endless','subject':'s'}");
        assertThat(silent.headers().keySet()).noneMatch(name -> name.contains("ratelimit"));
    }

    @Test
    void describesAZeroLimit() {
        var response = check("{'policy':'closed','subject':'s'}");

        assertThat(response.status()).isEqualTo(429);
        assertThat(members(response, "RateLimit-Policy"))
                .containsExactly(new Member("closed", Map.of("q", 0L, "w", 60L)));
        assertThat(members(response, "RateLimit")).containsExactly(new Member("closed", Map.of("r", 0L, "t", 0L)));
        assertThat(response.header("Retry-After")).isNull();
    }

    private static List<Member> members(CallerResponse response, String header) {
        var members = new ArrayList<Member>();
        for (var item : Parser.parseList(response.header(header)).get()) {
            var parameters = new TreeMap<String, Object>();
            item.getParams().forEach((name, value) -> parameters.put(name, value.get()));
            members.add(new Member(((StringItem) item).get(), parameters));
        }
        return members;
    }

    private static CallerResponse check(String... limits) {
        return caller.check(("{'limits':[" + String.join(",", limits) + "]}").replace('\'', '"'));
    }
}
