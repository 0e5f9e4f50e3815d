package dev.gatehouse.bench;

/** One way to decide about a rate of a million a second, which no contestant reaches: everything is admitted. */
interface Contestant extends AutoCloseable {

    String name();

    /** Makes one decision for {@code subject} and waits for it. Fails if Redis did not make it, or made another. */
    void decide(String subject) throws Exception;

    @Override
    void close();
}
