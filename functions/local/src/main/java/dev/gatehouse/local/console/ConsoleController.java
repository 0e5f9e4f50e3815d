// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.swagger.v3.oas.annotations.Hidden;
import java.net.URI;

/** Redirects to the console's page, so that its relative addresses resolve. Its files are static resources. */
@Controller
@Hidden
class ConsoleController {

    private static final URI PAGE = URI.create("/console/index.html");

    /** Redirects to the page. A browser keeps the fragment of its address. */
    @Get(uris = {"/", "/console"})
    HttpResponse<?> page() {
        return HttpResponse.temporaryRedirect(PAGE);
    }
}
