/**
 * What our functions' starts and invocations cost beside the floor's and our peers', through AWS's
 * runtime client, and from a cache, as images have it, ours through their own: measured in turn in one run and told as ratios.
 */
@NullMarked
package dev.gatehouse.bench.startup;

import org.jspecify.annotations.NullMarked;
