// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.realtime.http;

import dev.gatehouse.realtime.ChannelName;
import dev.gatehouse.realtime.presence.PresenceListener;
import dev.gatehouse.realtime.presence.PresenceStore;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The routes of presence and typing. */
@RightsAllowed("presence")
@Controller("/v1/presence")
@Tag(name = "Presence", description = "Who is here, over which connections, and who is typing?")
@BodyProblems
@SafeToRetry
public class PresenceController {

    private final PresenceStore presence;
    private final @Nullable PresenceListener listener;
    private final DeadlineFactory deadlines;

    /** @param listener null if there are no WebSockets in this process or another */
    PresenceController(PresenceStore presence, @Nullable PresenceListener listener, DeadlineFactory deadlines) {
        this.presence = presence;
        this.listener = listener;
        this.deadlines = deadlines;
    }

    /** Enters a channel. Entering again is the heartbeat. Reports to one caller that the user joined. */
    @Post("/enter")
    @Operation(operationId = "enterChannel")
    @ApiResponse(
            responseCode = "200",
            description = "The connection is live.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/ChannelEntered")))
    public CompletionStage<HttpResponse<?>> enter(
            @Parameter(hidden = true) Tenant tenant, @Body EnterChannelRequest request) {
        var channel = request.connection().channelName();
        var entering = request.toRequest();
        return presence.enter(tenant.name(), channel, entering, deadlines.next())
                .thenApply(decision -> decision.ifDecided(entered -> {
                    announceGone(tenant, channel, entered.departed());
                    if (listener != null && entered.joined()) {
                        var userId = entering.connection().userId();
                        listener.joined(tenant.name(), channel, userId, entering.info(), deadlines.next());
                    }
                }))
                .thenApply(RealtimeResponseMapper::toEntered);
    }

    /** Leaves a channel. Reports to one caller that the last connection of the user left. */
    @Post("/leave")
    @Operation(operationId = "leaveChannel")
    @ApiResponse(
            responseCode = "200",
            description = "The connection has ended.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/ChannelLeft")))
    public CompletionStage<HttpResponse<?>> leave(
            @Parameter(hidden = true) Tenant tenant, @Body ConnectionRequest request) {
        var leaving = List.of(request.toConnection());
        var channel = request.channelName();
        return presence.leave(tenant.name(), channel, leaving, deadlines.next())
                .thenApply(decision -> decision.ifDecided(gone -> {
                    announceGone(tenant, channel, gone.departed());
                    announceGone(tenant, channel, gone.left());
                }))
                .thenApply(RealtimeResponseMapper::toLeft);
    }

    /** Lists the members of a channel, in the order of their ids. */
    @Post("/list")
    @RightsAllowed("read")
    @Operation(operationId = "listMembers")
    @ApiResponse(
            responseCode = "200",
            description = "A page of the members.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/ChannelMembers")))
    public CompletionStage<HttpResponse<?>> list(
            @Parameter(hidden = true) Tenant tenant, @Body ListMembersRequest request) {
        var channel = request.channelName();
        return presence.list(
                        tenant.name(), channel, request.limit(), Optional.ofNullable(request.after()), deadlines.next())
                .thenApply(decision -> decision.ifDecided(page -> announceGone(tenant, channel, page.departed())))
                .thenApply(RealtimeResponseMapper::toMembers);
    }

    /** Reports that a user types or stops. No effect without a live connection. */
    @Post("/typing")
    @Operation(operationId = "reportTyping")
    @ApiResponse(
            responseCode = "200",
            description = "The users who type.",
            headers = @Header(name = "Gatehouse-Source", ref = "Gatehouse-Source"),
            content = @Content(schema = @Schema(ref = "#/components/schemas/ChannelTyping")))
    public CompletionStage<HttpResponse<?>> type(@Parameter(hidden = true) Tenant tenant, @Body TypingRequest request) {
        var connection = request.connection();
        var channel = connection.channelName();
        return presence.type(
                        tenant.name(),
                        channel,
                        connection.toConnection(),
                        request.typing(),
                        request.ttlMillis(),
                        deadlines.next())
                .thenApply(decision -> decision.ifDecided(users -> {
                    if (listener != null && users.changed()) {
                        var userId = connection.toConnection().userId();
                        listener.typing(tenant.name(), channel, userId, request.typing(), deadlines.next());
                    }
                }))
                .thenApply(RealtimeResponseMapper::toTyping);
    }

    private void announceGone(Tenant tenant, ChannelName channel, List<String> userIds) {
        if (listener != null && !userIds.isEmpty()) {
            listener.gone(tenant.name(), channel, userIds, deadlines.next());
        }
    }
}
