// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.lambda;

import java.time.Duration;

/** Posts messages to the WebSockets of API Gateway. */
interface ManagementApi {

    /** The outcome of one request. */
    enum PostOutcome {
        SENT,
        /** The WebSocket is closed. */
        GONE,
        /** The request was throttled, or the server failed or cannot be reached. */
        RETRYABLE,
        /** The request was rejected, or had no response in time. */
        FAILED
    }

    /**
     * Prepares for requests, such as by fetching credentials that expire soon. May block for some seconds, rarely.
     */
    void prepare();

    /**
     * Sends one request, and blocks until its response.
     *
     * @param endpoint the URL of the API's stage, without a slash at its end
     * @param timeout the maximum time for the request
     */
    PostOutcome post(String endpoint, String connectionId, String message, Duration timeout)
            throws InterruptedException;
}
