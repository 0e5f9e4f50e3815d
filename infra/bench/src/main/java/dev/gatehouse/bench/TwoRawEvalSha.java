package dev.gatehouse.bench;

/** The floor for what takes two trips: the shortest GCRA script by one EVALSHA, twice. */
record TwoRawEvalSha(RawEvalSha one) implements Contestant {

    @Override
    public String name() {
        return "raw EVALSHA, twice";
    }

    @Override
    public void decide(String subject) throws Exception {
        one.decide(subject);
        one.decide(subject);
    }

    @Override
    public void close() {}
}
