// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.bench.jobs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** A peer in a process of its own, which reads commands and prints results: see the sources of the peers. */
final class PeerProcess implements JobSystem {

    private final String name;
    private final int database;
    private final Process process;
    private final BufferedReader output;
    private final Writer input;

    PeerProcess(String name, String url, int database, List<String> command) throws IOException {
        this.name = name;
        this.database = database;
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("REDIS_URL", url + "/" + database);
        process = builder.start();
        output = process.inputReader();
        input = process.outputWriter();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Role role() {
        return Role.PEER;
    }

    @Override
    public int database() {
        return database;
    }

    @Override
    public Run run(int millis) throws IOException {
        var words = reply("run " + millis).split(" ", -1);
        return new Run(Long.parseLong(words[0]), Long.parseLong(words[1]) / 1e9, Long.parseLong(words[2]) / 1e9);
    }

    @Override
    public void startIdling() throws IOException {
        reply("idle");
    }

    private String reply(String command) throws IOException {
        input.write(command + "\n");
        input.flush();
        var line = output.readLine();
        if (line == null) {
            throw new IOException(name + " has ended");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
