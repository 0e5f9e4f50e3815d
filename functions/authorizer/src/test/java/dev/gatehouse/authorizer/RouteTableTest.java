// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.authorizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.authorizer.Access.AmbiguousPath;
import dev.gatehouse.authorizer.Access.Anonymous;
import dev.gatehouse.authorizer.Access.WithSession;
import dev.gatehouse.redis.config.InvalidSetting;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTableTest {

    private static final String EXAMPLES = """
            GET /public/* anonymous
            POST /exports limits=exports cost=5 ; * /admin/*  attribute:role=admin attribute:active=true level=strong

            * /pay/* level=strong
            * $connect attribute:plan=pro
            """;

    @ParameterizedTest
    @CsvSource({
        "GET, /public, GET /public/*",
        "GET, /public/a/b, GET /public/*",
        "GET, /publica, * *",
        "HEAD, /public/a, * *",
        "POST, /exports, POST /exports",
        "POST, /exports/a, * *",
        "post, /exports, POST /exports",
        "GET, /exports, * *",
        "DELETE, /admin, * /admin/*",
        "GET, /admin/users, * /admin/*",
        "GET, /Admin/users, * *",
        "PUT, /pay/1, * /pay/*",
        "CONNECT, $connect, * $connect",
        "GET, /, * *"
    })
    void findsTheFirstRuleThatApplies(String method, String path, String pattern) {
        assertThat(rules(EXAMPLES).find(method, path).pattern()).hasToString(pattern);
    }

    @Test
    void readsEachForm() {
        var rules = rules(EXAMPLES);
        assertThat(rules.find("GET", "/public").access()).isEqualTo(new Anonymous());
        assertThat(rules.find("POST", "/exports").access()).isEqualTo(Access.SESSION);
        assertThat(rules.find("GET", "/admin").access())
                .isEqualTo(new WithSession(Map.of("role", "admin", "active", "true"), "strong"));
        assertThat(rules.find("GET", "/pay").access()).isEqualTo(new WithSession(Map.of(), "strong"));
        assertThat(rules.find("GET", "/other").access()).isEqualTo(Access.SESSION);
        assertThat(rules("* * session").find("GET", "/other").access()).isEqualTo(Access.SESSION);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* /admin/* level=strong|denied",
                "GET /public/* anonymous; * * session|session",
                "GET /public/* anonymous|session",
                "GET /public/* anonymous; * /admin attribute:role=admin|denied",
                "GET /public/* anonymous limits=a=1/1; * * anonymous|denied",
                "POST /admin/* level=strong|session",
                "* * anonymous|anonymous",
                "* * session; |session",
                "GET /own/* session; * * anonymous|denied"
            })
    void anAmbiguousPathOpensNoMoreThanAnyRule(String text, String access) {
        var rule = rules(text).find("GET", null);
        assertThat(rule.access())
                .isInstanceOf(
                        switch (access) {
                            case "denied" -> AmbiguousPath.class;
                            case "session" -> WithSession.class;
                            default -> Anonymous.class;
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET",
                "GET /a",
                "get /a session",
                "PSOT /a session",
                "GET a session",
                "GET /a/ session",
                "GET /a//b session",
                "GET /a/../b session",
                "GET /a%2Fb session",
                "GET /*/b session",
                "GET /a* session",
                "GET /a/*/* session",
                "GET ** session",
                "/a GET session"
            })
    void rejectsARuleWithoutMethodPathAndRequirement(String rule) {
        assertThatThrownBy(() -> rules("* /first session\n" + rule))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage(
                        "ROUTES rule \"" + rule + "\" must be a method or *, then a path such as /orders, /orders/* "
                                + "or *, then requirements");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /a everyone|must require anonymous, session, key, scope:<name>, attribute:<name>=<value>, level=<name>, limits=<names> or cost=<number>, not \"everyone\"",
                "GET /a attribute:role|must require anonymous, session, key, scope:<name>, attribute:<name>=<value>, level=<name>, limits=<names> or cost=<number>, not \"attribute:role\"",
                "GET /a level=|must require anonymous, session, key, scope:<name>, attribute:<name>=<value>, level=<name>, limits=<names> or cost=<number>, not \"level=\"",
                "GET /a limits=x cost=0|must require anonymous, session, key, scope:<name>, attribute:<name>=<value>, level=<name>, limits=<names> or cost=<number>, not \"cost=0\"",
                "GET /a session=yes|must require anonymous, session, key, scope:<name>, attribute:<name>=<value>, level=<name>, limits=<names> or cost=<number>, not \"session=yes\"",
                "GET /a session session|must not repeat session",
                "GET /a attribute:role=a attribute:role=b|must not repeat attribute:role",
                "GET /a session cost=5|must not have a cost without limits",
                "GET /a anonymous level=strong|must not be anonymous and require a session",
                "GET /a anonymous session|must not be anonymous and require a session",
                "GET /a anonymous attribute:a=b|must not be anonymous and require a session",
                "GET /a limits=x,x|names x twice",
                "GET /a limits=user|names user twice",
                "GET /a anonymous limits=ip|names ip twice",
                "GET /a limits=x=1|must be names of policies or limits as name=100/60, not \"x=1\""
            })
    void rejectsARuleWithMalformedRequirements(String rule, String problem) {
        assertThatThrownBy(() -> rules(rule))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("ROUTES rule \"" + rule + "\" " + problem);
    }

    @Test
    void rejectsAMethodForAHandshakeWhichHasNone() {
        assertThatThrownBy(() -> rules("GET $connect session"))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage(
                        "ROUTES rule \"GET $connect session\" is unreachable: a WebSocket handshake needs * as the method");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* *|GET /a",
                "* *|* *",
                "* *|* $connect",
                "GET *|GET /a/*",
                "* /*|GET /",
                "* /*|* /a/*",
                "* /a/*|GET /a",
                "* /a/*|GET /a/b",
                "* /a/*|POST /a/b/*",
                "GET /a/*|GET /a/*",
                "GET /a|GET /a"
            })
    void rejectsAnUnreachableRule(String earlier, String later) {
        assertThatThrownBy(() -> rules(earlier + " session;" + later + " session"))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("ROUTES rule \"%s session\" is unreachable: the earlier \"%s\" covers it"
                        .formatted(later, earlier));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET *|* *",
                "GET /a|POST /a",
                "* /a|* /a/*",
                "* /a/*|* /ab",
                "* /a/*|* /ab/*",
                "* /a/*|* /*",
                "* /a/b/*|* /a/*",
                "* /*|* *",
                "* /*|* $connect"
            })
    void acceptsARuleThatTheEarlierDoesNotCover(String earlier, String later) {
        assertThat(rules(earlier + " session;" + later + " session").rules()).hasSize(2);
    }

    private static RouteTable rules(String text) {
        return RouteTable.parse(
                "ROUTES", text, AuthorizerLimits.parse("USER", "user=1/1"), AuthorizerLimits.parse("IP", "ip=1/1"));
    }
}
