package dev.gatehouse.local.doctor;

import dev.gatehouse.redis.config.InvalidSetting;
import dev.gatehouse.redis.config.RedisSettings;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the server's program can do besides serving: {@code doctor} and {@code wait}. */
public final class Commands {

    static final int WELL = 0;
    static final int UNWELL = 1;
    static final int MISUSED = 2;

    private static final String USAGE = """
            Usage:
              doctor [<redis url>]             find out whether the functions can work with this Redis
              wait [<redis url>] [--for 30s]   wait until this Redis is ready; the default is 30 seconds
            Without a command the server starts. Without a URL the REDIS_… variables of the environment tell where Redis
            is; with one, those on TLS, clusters and timeouts still count.
            """;

    /** What a URL says, which it would contradict if the environment said it too. */
    private static final Set<String> IN_URL = Set.of(
            "REDIS_URL",
            "REDIS_HOST",
            "REDIS_PORT",
            "REDIS_USERNAME",
            "REDIS_PASSWORD",
            "REDIS_DB",
            "REDIS_SSL",
            "ENABLE_REDIS",
            "USE_REDIS");

    /** Maven's way to hand over the URL, which may hold a password: arguments can be read by every process. */
    private static final String URL = "GATEHOUSE_DOCTOR_REDIS";

    private static final Pattern LIMIT = Pattern.compile("([0-9]{1,6})(ms|s|m)?");

    private Commands() {}

    /**
     * Runs the command that {@code words} begin with.
     *
     * @return 0 if Redis is well or ready; 1 if it is not; 2 if it was not even asked, since the command or a setting is wrong
     */
    public static int run(List<String> words, Map<String, String> environment, PrintStream out) {
        try {
            var call = Call.of(words);
            return switch (call.command) {
                case "doctor" -> new Doctor(settings(call, environment), Page.on(out)).examine();
                case "wait" -> new Waiting(settings(call, environment), call.limit).await(out);
                case "help", "--help", "-h" -> {
                    out.print(USAGE);
                    yield WELL;
                }
                default -> misused("There is no such command.", out);
            };
        } catch (InvalidSetting e) {
            return misused(String.valueOf(e.getMessage()), out);
        }
    }

    private static int misused(String why, PrintStream out) {
        out.println(why);
        out.print(USAGE);
        return MISUSED;
    }

    /** A command line, read. */
    private record Call(String command, @Nullable String url, Duration limit) {

        static Call of(List<String> words) {
            String url = null;
            var limit = Duration.ofSeconds(30);
            for (int i = 1; i < words.size(); i++) {
                var word = words.get(i);
                if (word.equals("--for")) {
                    i++;
                    limit = limit(i < words.size() ? words.get(i) : "");
                } else if (url == null) {
                    url = word;
                } else {
                    // It may hold a password, so it is not repeated.
                    throw new InvalidSetting("The command line", "names more than one Redis");
                }
            }
            return new Call(words.getFirst(), url == null || url.isBlank() ? null : url, limit);
        }

        private static Duration limit(String text) {
            var form = LIMIT.matcher(text);
            if (!form.matches()) {
                throw new InvalidSetting("--for", "takes a time such as 30s, 2m or 500ms");
            }
            var amount = Long.parseLong(form.group(1));
            return switch (form.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "m" -> Duration.ofMinutes(amount);
                case null, default -> Duration.ofSeconds(amount);
            };
        }
    }

    private static RedisSettings settings(Call call, Map<String, String> environment) {
        var variables = new HashMap<>(environment);
        var url = call.url == null ? environment.getOrDefault(URL, "") : call.url;
        if (!url.isBlank()) {
            variables.keySet().removeAll(IN_URL);
            variables.put("REDIS_URL", url);
        } else {
            // Who asks wants to know, whatever the functions are told.
            variables.remove("ENABLE_REDIS");
            variables.remove("USE_REDIS");
        }
        return RedisSettings.fromEnvironment(variables);
    }
}
