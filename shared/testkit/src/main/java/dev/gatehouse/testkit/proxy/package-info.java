/** A TCP proxy in front of Redis whose faults are switched while it runs. */
package dev.gatehouse.testkit.proxy;
