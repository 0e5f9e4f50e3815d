package dev.gatehouse.image;

/**
 * An event of a training run, and what is in the answer of a function that has done with it what it does in service.
 *
 * @param event JSON, as Lambda hands it over
 */
record Lesson(String event, String expected) {}
