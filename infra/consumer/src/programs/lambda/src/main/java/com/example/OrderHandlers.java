// SPDX-License-Identifier: Apache-2.0
package com.example;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent;
import com.amazonaws.services.lambda.runtime.events.KinesisEvent;
import com.amazonaws.services.lambda.runtime.events.SNSEvent;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import com.amazonaws.services.lambda.runtime.events.StreamsEventResponse;
import dev.gatehouse.idempotency.IdempotentExecutor;
import dev.gatehouse.idempotency.batch.IdempotentBatch;
import java.nio.charset.StandardCharsets;

/** Ships the orders of other sources once. Each method is the handler of a function, such as {@code OrderHandlers::sns}. */
public final class OrderHandlers {

    private final IdempotentBatch orders = IdempotentBatch.over(IdempotentExecutor.fromEnvironment(), "orders");

    public StreamsEventResponse kinesis(KinesisEvent event, Context context) {
        return orders.kinesis(event, context).process(message -> {
            var data = message.getKinesis().getData();
            Carrier.ship(StandardCharsets.UTF_8.decode(data).toString());
        });
    }

    public StreamsEventResponse dynamodb(DynamodbEvent event, Context context) {
        return orders.dynamodb(event, context)
                .process(message -> Carrier.ship(
                        message.getDynamodb().getNewImage().get("Id").getS()));
    }

    public Integer sns(SNSEvent event, Context context) {
        return orders.sns(event, context)
                .process(message -> Carrier.ship(message.getSNS().getMessage()));
    }

    public Integer eventBridge(ScheduledEvent event, Context context) {
        return orders.eventBridge(event, context)
                .process(placed -> Carrier.ship((String) placed.getDetail().get("order")));
    }
}
