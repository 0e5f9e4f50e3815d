// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.console;

import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.json.InvalidRequest;
import dev.gatehouse.web.openapi.CallerProblems;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Returns the figures that the console plots. They contain nothing of any tenant. */
@RightsAllowed("read")
@Controller
@Tag(name = "Console", description = "The figures of the console, where GATEHOUSE_CONSOLE admits the caller.")
@CallerProblems
class FiguresController {

    private static final Pattern MILLIS = Pattern.compile("[0-9]{1,15}");

    /** The clock may have stepped back since the caller received the time of a sample. */
    private static final long CLOCK_STEP = Duration.ofMinutes(1).toMillis();

    private final LiveFigures figures;

    FiguresController(LiveFigures figures) {
        this.figures = figures;
    }

    /** Returns the figures of the last ten minutes. The server samples them every two seconds. */
    @Get("/console/figures")
    @Operation(operationId = "getFigures")
    @ApiResponse(
            responseCode = "200",
            description = "The figures.",
            content = @Content(schema = @Schema(implementation = FiguresResponse.class)))
    @ApiResponse(
            responseCode = "400",
            description = "after is invalid: problem invalid-request.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(ref = "#/components/schemas/InvalidRequest")))
    @ApiResponse(
            responseCode = "404",
            description = "The console is off: problem not-found.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON_PROBLEM,
                            schema = @Schema(ref = "#/components/schemas/Problem")))
    FiguresResponse figures(
            @Parameter(hidden = true) Tenant caller,
            @Parameter(
                            description =
                                    "Only samples after this time, in milliseconds since 1970; the time of the latest "
                                            + "sample that you have.",
                            schema = @Schema(type = "integer", format = "int64", minimum = "0"))
                    @Nullable
                    @QueryValue
                    String after) {
        return figures.after(after == null ? 0 : millis(after));
    }

    private static long millis(String after) {
        if (MILLIS.matcher(after).matches()) {
            long millis = Long.parseLong(after);
            if (millis <= System.currentTimeMillis() + CLOCK_STEP) {
                return millis;
            }
        }
        throw new InvalidRequest("after", "must be a past time in milliseconds since 1970");
    }
}
