/**
 * The runtime client of the functions' images: it takes events from Lambda's Runtime API, and hands back what the handler
 * makes of them. A package that Lambda itself starts has no use for it.
 */
@NullMarked
package dev.gatehouse.runtime;

import org.jspecify.annotations.NullMarked;
