import java.util.function.Consumer;
import org.slf4j.event.Level;

/** The floor: a line that is there already, printed as functions print, which have a jar and a lambda in any case. */
class NoLine {
    public static void main(String[] args) {
        Consumer<String> out = System.out::println;
        out.accept("{\"Duration\":3,\"level\":\"".concat(Level.INFO.name()).concat("\"}"));
    }
}
