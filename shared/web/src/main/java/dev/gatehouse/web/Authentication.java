// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.web;

import io.micronaut.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/** Identifies the caller of a request. */
sealed interface Authentication permits ApiKeys, Authentication.ByGateway, Authentication.None {

    /** Returns the caller of {@code request}; null if it is unknown. */
    @Nullable
    Caller callerOf(HttpRequest<?> request);

    /** Returns the detail of a 401. */
    String advice();

    /**
     * Trusts API Gateway to have authenticated the caller; one field of its authorizer is the tenant.
     *
     * @param field the name of the field, see {@link Gateway#authorized}
     */
    record ByGateway(Gateway gateway, String field) implements Authentication {

        @Override
        public @Nullable Caller callerOf(HttpRequest<?> request) {
            var name = gateway.authorized(request, field);
            var tenant = name == null ? null : Tenant.named(name);
            return tenant == null ? null : Caller.unrestricted(tenant);
        }

        @Override
        public String advice() {
            return "The gateway's authorizer sets no tenant for this caller.";
        }
    }

    /** Accepts every request, all from one caller. */
    record None(Caller caller) implements Authentication {

        @Override
        public Caller callerOf(HttpRequest<?> request) {
            return caller;
        }

        @Override
        public String advice() {
            return "";
        }
    }
}
