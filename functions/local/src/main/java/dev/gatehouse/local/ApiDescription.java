// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.enums.SecuritySchemeIn;
import io.swagger.v3.oas.annotations.enums.SecuritySchemeType;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.annotations.info.License;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.security.SecurityScheme;

/** The common parts of the OpenAPI description. */
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Gatehouse",
                        version = "0.1.0",
                        description = "Small functions that stand at the gate of an API and decide, on your own Redis. "
                                + "Every error is a problem after RFC 9457; every response carries X-Request-Id and "
                                + "Cache-Control: no-store. Another path results in 404, and another method of a path "
                                + "in 405 with Allow.",
                        license = @License(name = "Apache-2.0", url = "https://www.apache.org/licenses/LICENSE-2.0")),
        security = {@SecurityRequirement(name = "ApiKey"), @SecurityRequirement(name = "Bearer")})
@SecurityScheme(
        name = "ApiKey",
        type = SecuritySchemeType.APIKEY,
        in = SecuritySchemeIn.HEADER,
        paramName = "X-Api-Key",
        description = "An API key.")
@SecurityScheme(name = "Bearer", type = SecuritySchemeType.HTTP, scheme = "bearer", description = "The same API key.")
@SecurityScheme(name = "Session", type = SecuritySchemeType.HTTP, scheme = "bearer", description = "A session's token.")
interface ApiDescription {}
