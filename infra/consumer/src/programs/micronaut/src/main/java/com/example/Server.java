// SPDX-License-Identifier: Apache-2.0
package com.example;

import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;

/** Starts a server with two routes and prints its port. */
public final class Server {

    private Server() {}

    public static void main(String[] arguments) {
        var server = ApplicationContext.run(EmbeddedServer.class);
        System.out.println("port " + server.getPort());
    }
}
