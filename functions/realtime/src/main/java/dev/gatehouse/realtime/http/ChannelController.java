// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.http;

import dev.gatehouse.realtime.channel.WaitingChannelLog;
import dev.gatehouse.web.ClientConnection;
import dev.gatehouse.web.DeadlineFactory;
import dev.gatehouse.web.RightsAllowed;
import dev.gatehouse.web.Tenant;
import dev.gatehouse.web.openapi.BodyProblems;
import dev.gatehouse.web.openapi.SafeToRetry;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.concurrent.CompletionStage;

/** The routes of the logs of channels. */
@RightsAllowed("channels")
@Controller("/v1/channels")
@Tag(name = "Channels", description = "What did a client miss?")
@BodyProblems
public class ChannelController {

    private final WaitingChannelLog log;
    private final DeadlineFactory deadlines;

    ChannelController(WaitingChannelLog log, DeadlineFactory deadlines) {
        this.log = log;
        this.deadlines = deadlines;
    }

    /** Publishes an event. On request, returns the connections to deliver it to. */
    @Post("/publish")
    @Operation(operationId = "publishEvent")
    @ApiResponse(
            responseCode = "201",
            description = "The event was published.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/EventPublished")))
    @ApiResponse(
            responseCode = "200",
            description = "An event with this id was published before.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/EventPublished")))
    @ApiResponse(responseCode = "413", ref = "TooManyRecipients")
    @ApiResponse(responseCode = "503", ref = "PublicationUnknown")
    public CompletionStage<HttpResponse<?>> publish(
            @Parameter(hidden = true) Tenant tenant, @Body PublishRequest request) {
        var publication = request.toPublication();
        return log.publish(tenant.name(), request.channelName(), publication, deadlines.next())
                .thenApply(decision -> RealtimeResponseMapper.toPublished(publication, decision));
    }

    /** Returns the events after a position. On request, waits for the next one. */
    @Post("/catch-up")
    @RightsAllowed("read")
    @Operation(operationId = "catchUpWithChannel")
    @ApiResponse(
            responseCode = "200",
            description = "The events, or that some are missing.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/ChannelCaughtUp")))
    @SafeToRetry
    public CompletionStage<HttpResponse<?>> catchUp(
            @Parameter(hidden = true) Tenant tenant, @Body CatchUpRequest request) {
        var maxWait = request.maxWait();
        return log.catchUp(
                        tenant.name(),
                        request.channelName(),
                        request.position(),
                        request.limit(),
                        ClientConnection.current().cancellation(),
                        maxWait,
                        deadlines.afterWaiting(maxWait))
                .thenApply(RealtimeResponseMapper::toCaughtUp);
    }
}
