package dev.gatehouse.session;

/**
 * Sessions have ended, for good.
 *
 * @param sessions how many that were live; 0 also where they had been revoked before
 */
public record Revoked(int sessions) {}
