// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.lambda;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/** Describes one {@link FunctionProcess}; each call adds to the description and returns it. */
public final class FunctionSetup {

    private static final List<String> RUNTIME_JARS = List.of(
            "aws-lambda-java-runtime-interface-client-",
            "aws-lambda-java-core-",
            "aws-lambda-java-serialization-",
            "utils-lite-");

    private static final String CLIENT = "com.amazonaws.services.lambda.runtime.api.client.AWSLambda";

    private static final String NATIVE_CLIENT =
            "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

    private static final List<String> JVM_OPTIONS = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Path code;
    private final String handler;
    /** The command of a function in another language; empty for Java. */
    private final List<String> program;

    private final Map<String, String> environment = new LinkedHashMap<>();
    private Path javaHome = Path.of(System.getProperty("java.home"));
    private List<String> jvmOptions = JVM_OPTIONS;
    private List<Path> runtimeJars = runtimeJarsOfThisJvm();
    private boolean oneClassPath;
    private boolean forSnapshot;

    FunctionSetup(Path code, String handler, List<String> program) {
        this.code = code;
        this.handler = handler;
        this.program = program;
    }

    /** Sets the JDK. The default is that of the tests. */
    public FunctionSetup javaHome(Path home) {
        javaHome = home;
        return this;
    }

    /** Sets an environment variable. The process also has those of Lambda, and inherits none. */
    public FunctionSetup env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Replaces the default options, {@code -XX:+UseSerialGC -XX:TieredStopAtLevel=1}. */
    public FunctionSetup jvmOptions(String... options) {
        jvmOptions = List.of(options);
        return this;
    }

    /** Sets the jars of the runtime client. The default is those on the class path of this JVM. */
    public FunctionSetup runtimeJars(List<Path> jars) {
        runtimeJars = List.copyOf(jars);
        return this;
    }

    /**
     * Puts the package on the class path of the JVM, beside the runtime client. Its classes are loaded from the zip,
     * which is also a jar, because the JVM caches no classes from directories. With the default options, the processes
     * of a package share an archive of its classes. By default, as with a zip on Lambda, only the runtime client is on
     * the class path, and loads the package with its own class loader.
     */
    public FunctionSetup onOneClassPath() {
        oneClassPath = true;
        return this;
    }

    /**
     * Starts the function for a snapshot, as Lambda does. The runtime client runs the hooks of the function and waits
     * for {@link LambdaRuntimeStub#restore}. Unlike on Lambda, the process stays the same, so clocks and sockets go on.
     */
    public FunctionSetup forSnapshot() {
        forSnapshot = true;
        return env("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start");
    }

    /** Starts the process and returns at once, while the function starts. */
    public FunctionProcess start() {
        if (program.isEmpty() && runtimeJars.isEmpty()) {
            throw new IllegalStateException("no aws-lambda-java-runtime-interface-client on the class path");
        }
        return new FunctionProcess(this);
    }

    /** Returns the folder of the extracted package, or of the program. */
    private Path taskRoot() {
        return program.isEmpty() ? ExtractedPackage.of(code) : code;
    }

    /** Returns the archive that the process shares; empty if it shares none. */
    Optional<ClassArchive> classArchive() {
        return oneClassPath && jvmOptions == JVM_OPTIONS ? Optional.of(ClassArchive.of(code)) : Optional.empty();
    }

    Path javaTool(String name) {
        return javaHome.resolve("bin").resolve(name);
    }

    /** @param own the directory of this process, which contains no package */
    ProcessBuilder command(Path own, String runtimeApi) {
        var taskRoot = taskRoot();
        // The runtime client looks for the package in its working directory, and must not find it again there.
        var command = new ProcessBuilder(program.isEmpty() ? java(taskRoot, own) : program)
                .directory((oneClassPath ? own : taskRoot).toFile());
        command.environment().clear();
        command.environment().putAll(lambdaEnvironment(taskRoot, runtimeApi));
        command.environment().putAll(environment);
        return command;
    }

    private List<String> java(Path taskRoot, Path own) {
        var words = new ArrayList<String>();
        words.add(javaTool("java").toString());
        words.addAll(jvmOptions);
        classArchive().ifPresent(archive -> words.addAll(archive.jvmOptions()));
        words.add("-D%s=%s".formatted(NATIVE_CLIENT, nativeClient(own)));
        if (forSnapshot) {
            words.add("-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac"); // Set by Lambda's bootstrap, too.
        }
        words.addAll(List.of("-cp", classPath(taskRoot), CLIENT, handler));
        return words;
    }

    /**
     * Unpacks the native library of the runtime client. The client itself would unpack it to one place for the whole
     * machine, where concurrent starts read half-written files.
     */
    private Path nativeClient(Path own) {
        var library = own.resolve("libaws-lambda-jni.so");
        var arch = System.getProperty("os.arch").equals("aarch64") ? "aarch_64" : "x86_64";
        for (var jar : runtimeJars) {
            try (var files = new ZipFile(jar.toFile())) {
                var entry = files.getEntry("jni/libaws-lambda-jni.linux-%s.so".formatted(arch));
                if (entry != null) {
                    Files.copy(files.getInputStream(entry), library);
                    return library;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        throw new IllegalStateException("the runtime client has no library for " + arch);
    }

    private String classPath(Path taskRoot) {
        var own = oneClassPath ? Stream.concat(Stream.of(code), jars(taskRoot.resolve("lib"))) : Stream.<Path>empty();
        return Stream.concat(own, runtimeJars.stream())
                .map(path -> path.toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Returns the jars by name, so that all processes have the same class path. */
    private static Stream<Path> jars(Path directory) {
        try (var files = Files.list(directory)) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> lambdaEnvironment(Path taskRoot, String runtimeApi) {
        return Map.ofEntries(
                Map.entry("AWS_LAMBDA_RUNTIME_API", runtimeApi),
                Map.entry("_HANDLER", handler),
                Map.entry("AWS_LAMBDA_FUNCTION_NAME", "gatehouse-test"),
                Map.entry("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
                Map.entry("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
                Map.entry("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
                Map.entry("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/gatehouse-test"),
                Map.entry("AWS_LAMBDA_LOG_STREAM_NAME", "test"),
                Map.entry("AWS_REGION", "eu-central-1"),
                Map.entry("LAMBDA_TASK_ROOT", taskRoot.toString()),
                Map.entry("LANG", "en_US.UTF-8"),
                Map.entry("PATH", "/usr/local/bin:/usr/bin:/bin"),
                Map.entry("TZ", ":UTC"));
    }

    private static List<Path> runtimeJarsOfThisJvm() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(jar -> RUNTIME_JARS.stream().anyMatch(jar.getFileName().toString()::startsWith))
                .toList();
    }
}
