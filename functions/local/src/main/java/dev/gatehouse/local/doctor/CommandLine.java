// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.local.doctor;

import dev.gatehouse.local.policies.PolicyCommand;
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

/** The commands of the server's program: {@code doctor}, {@code wait} and {@code policies}. */
public final class CommandLine {

    static final int HEALTHY = 0;
    static final int UNHEALTHY = 1;
    static final int USAGE_ERROR = 2;

    private static final String USAGE = """
            Usage:
              doctor [<redis url>] [--api-keys]   check whether the functions can work with this Redis; with
                                                  --api-keys also whether it loses no API keys
              wait [<redis url>] [--for 30s]      wait until this Redis is ready; the default is 30 seconds
              policies diff <file> [<redis url>] [--tenant <name>]
                                                  compare the tenant's policies in Redis with those of the file
              policies apply <file> [<redis url>] [--tenant <name>] [--prune]
                                                  store those of the file; with --prune also remove all others
            Without a command the server starts. Without a URL the REDIS_… variables of the environment name the
            Redis; with one, those of TLS, clusters and timeouts still apply.
            """;

    /** The settings that a URL contains, and that would contradict it. */
    private static final Set<String> IN_URL = Set.of(
            "REDIS_URL",
            "REDIS_HOST",
            "REDIS_PORT",
            "REDIS_USERNAME",
            "REDIS_PASSWORD",
            "REDIS_DB",
            "REDIS_SSL",
            "REDIS_SENTINEL_NODES",
            "ENABLE_REDIS",
            "USE_REDIS");

    /** Maven passes the URL here, since every process can read arguments, and the URL may contain a password. */
    private static final String URL = "GATEHOUSE_DOCTOR_REDIS";

    private static final Pattern LIMIT = Pattern.compile("([0-9]{1,6})(ms|s|m)?");

    private CommandLine() {}

    /**
     * Runs the command that {@code words} begin with.
     *
     * @return 0 if Redis is healthy or ready, or the policies are the same or stored; 1 if Redis is not, or the policies differ;
     *     2 if the command, a setting or the file is invalid, or policies are unavailable
     */
    public static int run(List<String> words, Map<String, String> environment, PrintStream out) {
        return run(words, environment, out, Duration.ofMillis(1_500));
    }

    /** @param benchmark how long the doctor measures the throughput */
    static int run(List<String> words, Map<String, String> environment, PrintStream out, Duration benchmark) {
        try {
            if (words.getFirst().equals("policies")) {
                var command = PolicyCommand.parse(words.subList(1, words.size()), environment);
                return command.run(settings(command.redis(), environment), out);
            }
            var call = Call.of(words);
            return switch (call.command) {
                case "doctor" ->
                    new Doctor(settings(call.url, environment), Report.on(out), benchmark, call.apiKeys).examine();
                case "wait" -> new WaitCommand(settings(call.url, environment), call.limit).await(out);
                case "help", "--help", "-h" -> {
                    out.print(USAGE);
                    yield HEALTHY;
                }
                default -> usageError("There is no such command.", out);
            };
        } catch (InvalidSetting e) {
            return usageError(String.valueOf(e.getMessage()), out);
        }
    }

    private static int usageError(String why, PrintStream out) {
        out.println(why);
        out.print(USAGE);
        return USAGE_ERROR;
    }

    /** A parsed command line. */
    private record Call(String command, @Nullable String url, Duration limit, boolean apiKeys) {

        static Call of(List<String> words) {
            String url = null;
            var limit = Duration.ofSeconds(30);
            boolean apiKeys = false;
            for (int i = 1; i < words.size(); i++) {
                var word = words.get(i);
                if (word.equals("--for")) {
                    i++;
                    limit = limit(i < words.size() ? words.get(i) : "");
                } else if (word.equals("--api-keys")) {
                    apiKeys = true;
                } else if (url == null) {
                    url = word;
                } else {
                    // The URL is not repeated: it may contain a password.
                    throw new InvalidSetting("The command line", "names more than one Redis");
                }
            }
            return new Call(words.getFirst(), url == null || url.isBlank() ? null : url, limit, apiKeys);
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

    private static RedisSettings settings(@Nullable String redis, Map<String, String> environment) {
        var variables = new HashMap<>(environment);
        var url = redis == null ? environment.getOrDefault(URL, "") : redis;
        if (!url.isBlank()) {
            variables.keySet().removeAll(IN_URL);
            variables.put("REDIS_URL", url);
            if (!url.startsWith("redis-sentinel") && !url.startsWith("rediss-sentinel")) {
                variables.keySet().removeIf(name -> name.startsWith("REDIS_SENTINEL_"));
            }
        } else {
            // The command concerns Redis even where the functions do without.
            variables.remove("ENABLE_REDIS");
            variables.remove("USE_REDIS");
        }
        return RedisSettings.fromEnvironment(variables);
    }
}
