package dev.gatehouse.bench.startup;

/**
 * What it took from the start of a process to its first response, in milliseconds.
 *
 * @param time that passed
 * @param processor time on all cores, which other work on the machine changes less
 */
record Start(double time, double processor) {

    static Start of(Contestant contestant, String... options) {
        try (var process = contestant.start(options)) {
            contestant.invoke(process);
            return new Start(
                    process.timeToFirstResponse().orElseThrow().toNanos() / 1e6,
                    process.processorTime().toNanos() / 1e6);
        }
    }
}
