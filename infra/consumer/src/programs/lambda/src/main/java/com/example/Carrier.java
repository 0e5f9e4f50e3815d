// SPDX-License-Identifier: Apache-2.0
package com.example;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;

/** The service at {@code CARRIER_URL}, which ships orders. */
final class Carrier {

    private static final URI SERVICE = URI.create(System.getenv("CARRIER_URL"));

    private Carrier() {}

    static void ship(String order) throws IOException {
        var connection = (HttpURLConnection) SERVICE.resolve(order).toURL().openConnection();
        connection.setRequestMethod("POST");
        if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
            throw new IOException("The carrier does not ship " + order);
        }
    }
}
