// SPDX-License-Identifier: Apache-2.0
import java.util.function.Consumer;
import org.slf4j.event.Level;

/** The baseline: prints a constant line. Like every function, it loads a jar and a lambda expression. */
class NoLine {
    public static void main(String[] args) {
        Consumer<String> out = System.out::println;
        out.accept("{\"Duration\":3,\"level\":\"".concat(Level.INFO.name()).concat("\"}"));
    }
}
