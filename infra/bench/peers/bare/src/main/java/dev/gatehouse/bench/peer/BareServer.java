// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.peer;

import io.micronaut.runtime.Micronaut;

/** Starts the server on {@code MICRONAUT_SERVER_PORT}. */
final class BareServer {

    private BareServer() {}

    public static void main(String[] arguments) {
        Micronaut.run(BareServer.class, arguments);
    }
}
