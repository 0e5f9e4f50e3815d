package dev.gatehouse.bench;

import java.util.concurrent.ThreadLocalRandom;

/** Who is asked about. */
enum Load {
    SPREAD("10,000 subjects") {
        @Override
        String subject() {
            return "subject-" + ThreadLocalRandom.current().nextInt(10_000);
        }
    },
    HOT("one subject that all want") {
        @Override
        String subject() {
            return "everybody";
        }
    };

    private final String title;

    Load(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    /** Whom the next decision is about. */
    abstract String subject();
}
