/**
 * May this request pass the gateway: whose session is it, and is there room in the limits of its user and its address?
 * Sessions and rate limits, each a domain of its own, composed into one decision in one round trip.
 */
@NullMarked
package dev.gatehouse.authorizer;

import org.jspecify.annotations.NullMarked;
