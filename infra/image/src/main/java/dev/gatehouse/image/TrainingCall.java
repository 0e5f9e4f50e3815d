// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.image;

/**
 * One invocation of a training run.
 *
 * @param event JSON, as Lambda sends it
 * @param expected a part of the response
 */
record TrainingCall(String event, String expected) {}
