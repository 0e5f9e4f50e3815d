/**
 * What our functions' starts and invocations cost beside the floor's and our peers', through Lambda's own runtime client:
 * measured in turn in one run and told as ratios.
 */
@NullMarked
package dev.gatehouse.bench.startup;

import org.jspecify.annotations.NullMarked;
