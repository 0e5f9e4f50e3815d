// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.faults;

import dev.gatehouse.local.Caller;
import dev.gatehouse.local.Caller.CallerResponse;
import java.util.List;
import java.util.Map;

/**
 * A route with a valid request, and its default policy without Redis as docs/failure-modes.md states it.
 *
 * @param route the method and path, as the OpenAPI document has them
 * @param path the path of this request
 * @param policy the response during an outage
 */
record Operation(String route, String path, String body, Policy policy) {

    enum Policy {
        /** Decided in memory: no error, and {@code Gatehouse-Source: local}. */
        LOCAL,
        /** 503 with {@code Retry-After}. */
        CLOSED
    }

    private static final String LIMIT = "'name':'calls','subject':'ada','limit':1000,'windowSeconds':60";
    private static final String LEASE = "'name':'report','subject':'ada','leaseId':'AAAAAAAAAAAAAAAAAAAAAA'";
    private static final String OWNER = "'owner':'AAAAAAAAAAAAAAAAAAAAAA'";
    private static final String CLAIM = "{'key':'order-1'," + OWNER;
    private static final String VALUE = "'value':1,'freshSeconds':60";
    private static final String JOB = "{'queue':'mails','id':'welcome-7','lease':'AAAAAAAAAAAAAAAAAAAAAA.1'";
    private static final String MEMBER = "{'channel':'room:42','userId':'ada','connectionId':'1'";
    private static final String POLICY = "/v1/rate-limits/policies/{name}";

    /**
     * Returns an operation of each route.
     *
     * @param known the values of {@code token}, {@code session}, {@code key} and {@code keyId} that Redis knows
     */
    static List<Operation> all(Map<String, String> known) {
        var token = "{'token':'" + known.get("token") + "'";
        return List.of(
                local("/v1/rate-limits/check", "{'limits':[{" + LIMIT + "}]}"),
                local("/v1/rate-limits/refund", "{'limits':[{" + LIMIT + "}]}"),
                local("/v1/rate-limits/settle", "{" + LIMIT + ",'reserved':1,'actual':2}"),
                closed("/v1/rate-limits/reset", "{" + LIMIT + "}"),
                closed("/v1/rate-limits/leases", "{" + LEASE + ",'limit':1,'leaseMillis':1000}"),
                closed("/v1/rate-limits/leases/extend", "{" + LEASE + ",'leaseMillis':1000}"),
                closed("/v1/rate-limits/leases/release", "{" + LEASE + "}"),
                closed("/v1/rate-limits/leases/inspect", "{'name':'report','subject':'ada'}"),
                closed("/v1/rate-limits/leases/reset", "{'name':'other','subject':'ada'}"),
                new Operation("GET /v1/rate-limits/policies", "/v1/rate-limits/policies", "", Policy.LOCAL),
                policy("GET", "", "", Policy.CLOSED),
                policy("PUT", "", "{'limit':5,'windowSeconds':60}", Policy.CLOSED),
                policy("PUT", "/overrides", "{'subject':'ada','limit':7}", Policy.CLOSED),
                policy("POST", "/overrides/list", "{}", Policy.LOCAL),
                policy("DELETE", "/overrides", "{'subject':'bob'}", Policy.CLOSED),
                new Operation("DELETE " + POLICY, POLICY.replace("{name}", "other"), "", Policy.CLOSED),
                closed("/v1/idempotency/claims", CLAIM + "}"),
                closed("/v1/idempotency/claims/extend", CLAIM + ",'leaseMillis':1000}"),
                closed("/v1/idempotency/claims/inspect", "{'key':'order-1'}"),
                closed("/v1/idempotency/claims/release", CLAIM + "}"),
                closed(
                        "/v1/idempotency/claims/complete",
                        CLAIM + ",'response':{'status':201,'headers':{},'body':'','bodyEncoding':'utf8'}}"),
                closed("/v1/idempotency/claims/invalidate", "{'key':'order-1'}"),
                local("/v1/cache/lookup", "{'entries':[{'key':'k'}]}"),
                closed("/v1/cache/fill", "{'key':'k'," + OWNER + "," + VALUE + "}"),
                closed("/v1/cache/release", "{'key':'k'," + OWNER + "}"),
                closed("/v1/cache/put", "{'key':'k'," + VALUE + "}"),
                closed("/v1/cache/invalidate", "{'keys':['other']}"),
                closed("/v1/states/save", "{'id':'order-1','expect':'any','value':{'step':1}}"),
                local("/v1/states/read", "{'id':'order-1'}"),
                closed("/v1/states/merge", "{'id':'order-2','expect':'any','members':{'step':1}}"),
                closed("/v1/states/save-all", "{'group':'g','saves':[{'id':'a','expect':'any','value':{}}]}"),
                closed("/v1/states/claim", "{'id':'order-3','leaseMillis':1000," + OWNER + "}"),
                closed("/v1/states/claim/extend", "{'id':'order-3','fence':1,'leaseMillis':1000}"),
                closed("/v1/states/claim/release", "{'id':'order-3','fence':1}"),
                closed("/v1/states/delete", "{'id':'order-4','expect':'any'}"),
                closed("/v1/states/list", "{'group':'g'}"),
                closed("/v1/jobs/enqueue", "{'queue':'mails','id':'welcome-7','payload':1}"),
                closed("/v1/jobs/take", "{'queue':'mails'}"),
                closed("/v1/jobs/complete", JOB + "}"),
                closed("/v1/jobs/fail", JOB + "}"),
                closed("/v1/jobs/extend", JOB + ",'leaseMillis':1000}"),
                closed(
                        "/v1/jobs/give-back",
                        "{'queue':'mails','jobs':[{'id':'welcome-7','lease':'AAAAAAAAAAAAAAAAAAAAAA.1'}]}"),
                closed("/v1/jobs/cancel", "{'queue':'mails','id':'welcome-8'}"),
                closed("/v1/jobs/inspect", "{'queue':'mails','id':'welcome-7'}"),
                closed("/v1/jobs/dead", "{'queue':'mails'}"),
                closed("/v1/jobs/redrive", "{'queue':'mails','ids':['welcome-8']}"),
                closed("/v1/jobs/counts", "{'queue':'mails'}"),
                closed("/v1/jobs/list", "{'queue':'mails','state':'due'}"),
                closed("/v1/jobs/leave", "{'queue':'mails','drainer':'drainer-1'}"),
                local("/v1/presence/enter", MEMBER + "}"),
                local("/v1/presence/typing", MEMBER + ",'typing':true}"),
                local("/v1/presence/list", "{'channel':'room:42'}"),
                local("/v1/presence/leave", MEMBER + "}"),
                closed("/v1/channels/publish", "{'channel':'room:42','event':'message','data':1}"),
                closed("/v1/channels/catch-up", "{'channel':'room:42'}"),
                closed("/v1/sessions", "{'userId':'ada'}"),
                local("/v1/sessions/lookup", token + "}"),
                closed("/v1/sessions/list", "{'userId':'ada'}"),
                closed("/v1/sessions/revoke-user", "{'userId':'bob'}"),
                session("PATCH", "{'attributes':{'theme':'dark'}}"),
                session("DELETE", ""),
                closed("/v1/sessions/rotate", "{'token':'" + known.get("otherToken") + "'}"),
                closed(
                        "/v1/sessions/elevate",
                        "{'token':'" + known.get("thirdToken") + "','level':'strong','seconds':60}"),
                closed("/v1/api-keys", "{'ownerId':'acme'}"),
                local("/v1/api-keys/verify", "{'key':'" + known.get("key") + "'}"),
                closed("/v1/api-keys/list", "{'ownerId':'acme'}"),
                closed("/v1/api-keys/rotate", "{'id':'" + known.get("keyId") + "'}"),
                apiKey("PATCH", "{'name':'export'}"),
                apiKey("DELETE", ""));
    }

    CallerResponse send(Caller caller) {
        return caller.call(route.substring(0, route.indexOf(' ')), path, body.replace('\'', '"'));
    }

    @Override
    public String toString() {
        return route;
    }

    private static Operation local(String path, String body) {
        return new Operation("POST " + path, path, body, Policy.LOCAL);
    }

    private static Operation closed(String path, String body) {
        return new Operation("POST " + path, path, body, Policy.CLOSED);
    }

    private static Operation policy(String method, String rest, String body, Policy policy) {
        return new Operation(method + " " + POLICY + rest, POLICY.replace("{name}", "plan") + rest, body, policy);
    }

    /** Returns an operation on a session that does not exist. */
    private static Operation session(String method, String body) {
        return new Operation(
                method + " /v1/sessions/{id}", "/v1/sessions/AAAAAAAAAAAA.AAAAAAAAAAAAAAAA", body, Policy.CLOSED);
    }

    /** Returns an operation on an API key that does not exist. */
    private static Operation apiKey(String method, String body) {
        return new Operation(
                method + " /v1/api-keys/{id}", "/v1/api-keys/AAAAAAAAAAAA.AAAAAAAAAAAAAAAA", body, Policy.CLOSED);
    }
}
