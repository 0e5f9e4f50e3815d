// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of {@code Accept}, which is the same on the server and on Lambda. */
public abstract class ContentNegotiationContract {

    /** The response to a request. */
    public record NegotiatedResponse(int status, String contentType, String body) {}

    /**
     * Sends a valid request whose response is JSON.
     *
     * @param accept the value of {@code Accept}; null to leave it out
     */
    protected abstract NegotiatedResponse respond(String accept);

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "application/json",
                "application/*",
                "*/*",
                "application/*;q=0.5",
                "text/html, application/*;q=0.1",
                "text/html, */*;q=0.1",
                "application/json;charset=iso-8859-1",
                "application/json;version=\"1\\\"2\"",
                "application/problem+json, application/json",
                // A generated client of an operation without content sends this.
                "application/problem+json",
                "garbage, application/json",
            })
    void aResponseIsJsonWhereJsonIsAccepted(String accept) {
        var response = respond(accept);

        assertThat(response.status()).isEqualTo(200);
        assertThat(response.contentType()).isEqualTo("application/json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/html",
                "image/*",
                "application/xml",
                "application/json;q=0",
                "application/json; q=0.0, text/html",
                "*/*;q=0",
                "garbage",
                "/",
                ";;",
            })
    void aRequestThatDoesNotAcceptJsonIsRejected(String accept) {
        var response = respond(accept);

        assertThat(response.status()).isEqualTo(406);
        assertThat(response.contentType()).isEqualTo("application/problem+json");
        assertThat(response.body()).contains("\"urn:gatehouse:problem:not-acceptable\"");
    }
}
