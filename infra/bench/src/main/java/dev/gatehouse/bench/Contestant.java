package dev.gatehouse.bench;

/** One way to make a decision. */
interface Contestant extends AutoCloseable {

    String name();

    /** Makes one decision for {@code subject} and waits for it. Fails if Redis did not make it. */
    void decide(String subject) throws Exception;

    @Override
    void close();
}
