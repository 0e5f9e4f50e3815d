// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import org.jspecify.annotations.Nullable;

/**
 * The banner of a local run.
 *
 * @param url the URL of the server
 * @param console the URL of the console, with the key of a demo in its fragment; null if the console is off
 * @param redis the Redis in use
 * @param credential curl's flag and header with the API key; empty if none is needed
 * @param keyNote the origin of the API key
 */
record Welcome(String url, @Nullable String console, String redis, String credential, String keyNote) {

    String text() {
        return """

                  Gatehouse, on your own Redis: idempotency, rate limits and leases, a cache, workflow states, presence and
                  channels, jobs, sessions, API keys, an authorizer, health.

                %9$s  Serving     %1$s
                  Swagger UI  %1$s/swagger-ui
                  A room      %1$s/demo/index.html
                  Redis       %2$s
                  API key     %3$s

                  Work that must be done once: the first call claims it, the second gets 409
                  for i in 1 2; do %5$s -w '\\n' -d '{"key":"order-1"}'; done

                  A limit of 1 per minute, checked twice
                  for i in 1 2; do %4$s -w '\\n' -d '{"limits":[{"name":"mail","subject":"ada","limit":1,"windowSeconds":60}]}'; done

                  Two limits at once, read only (cost 0)
                  %4$s -d '{"mode":"each","limits":[{"name":"api","subject":"ada","limit":5,"windowSeconds":10,"cost":0},\
                {"name":"mail","subject":"ada","limit":1,"windowSeconds":60,"cost":0}]}'

                  A session: created, looked up by its token, and ended by its id, which is the token without its secret
                  TOKEN=$(%6$s -d '{"userId":"ada"}' | sed 's/.*"token":"\\([^"]*\\).*/\\1/')
                  %7$s -w '\\n' -d '{"token":"'$TOKEN'"}'
                  %8$s -w '%%{http_code}\\n' -X DELETE

                  Ctrl-C stops.
                """.formatted(
                        url,
                        redis,
                        keyNote,
                        curl("/v1/rate-limits/check"),
                        curl("/v1/idempotency/claims"),
                        curl("/v1/sessions"),
                        curl("/v1/sessions/lookup"),
                        "curl -s " + url + "/v1/sessions/${TOKEN%.*}" + credential,
                        console == null ? "" : "  Console     " + console + "\n");
    }

    /** Returns one line for a log, without a key. */
    String line() {
        return "Serving " + url + "; Redis: " + redis;
    }

    private String curl(String path) {
        return "curl -s " + url + path + credential + " -H 'Content-Type: application/json'";
    }
}
