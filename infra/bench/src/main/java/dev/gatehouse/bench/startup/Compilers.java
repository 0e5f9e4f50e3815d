package dev.gatehouse.bench.startup;

/** Which of the JVM's two compilers work. */
enum Compilers {
    /** The first alone, which suits a start on a small machine; so Lambda sets it, and so do our images. */
    FIRST("-XX:TieredStopAtLevel=1"),
    /** Both, as Lambda has it with SnapStart from Java 25 on. */
    BOTH("-XX:TieredStopAtLevel=4");

    private final String option;

    Compilers(String option) {
        this.option = option;
    }

    /** The JVM's option for this. */
    String option() {
        return option;
    }
}
