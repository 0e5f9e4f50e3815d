// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis;

import dev.gatehouse.testkit.redis.MovableName;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that imports the library and has resolved the name of Redis before. It sends a script every 20 ms, and prints
 * when, in milliseconds since 1970, and whether Redis replied.
 */
public final class CountingProgram {

    private CountingProgram() {}

    public static void main(String[] args) throws Exception {
        InetAddress.getByName(MovableName.NAME);
        try (var link = RedisLink.fromEnvironment()) {
            while (true) {
                var begin = System.currentTimeMillis();
                var call = ScriptCall.of(LinkProbe.COUNT).key("k");
                var reply = LinkProbe.join(link.run(call, Deadline.in(Duration.ofSeconds(20))));
                System.out.println(begin + " " + (reply instanceof Reply.Answered));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }
}
