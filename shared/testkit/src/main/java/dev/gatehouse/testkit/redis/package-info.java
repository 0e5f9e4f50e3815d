/** Redis servers that tests start, stop, kill and freeze: processes, a cluster of processes, and containers. */
package dev.gatehouse.testkit.redis;
