/** Our figures beside the floor and our peers', measured in turn in one run and told as ratios. */
@NullMarked
package dev.gatehouse.bench;

import org.jspecify.annotations.NullMarked;
