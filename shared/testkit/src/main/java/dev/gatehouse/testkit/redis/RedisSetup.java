// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.redis;

import dev.gatehouse.testkit.process.LoopbackPort;
import dev.gatehouse.testkit.tls.Certificates;
import dev.gatehouse.testkit.tls.TrustAllManager;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Describes one {@link RedisProcess}; each call adds to the description and returns it. */
public final class RedisSetup {

    private final List<String> lines = new ArrayList<>();
    private final Set<String> renamed = new HashSet<>();
    private String host = LoopbackPort.HOST;
    private int port;
    private String password;
    private Certificates.Server certificate;
    private boolean replica;
    private boolean sentinel;

    RedisSetup() {}

    /** Sets the port; the start fails if it is taken. The default is a free one. */
    public RedisSetup port(int port) {
        this.port = port;
        return this;
    }

    /** Sets the address on the loopback interface, such as 127.0.0.2. The default is 127.0.0.1. */
    public RedisSetup host(String host) {
        this.host = host;
        return this;
    }

    /** Sets {@code requirepass}, the password of the default user. */
    public RedisSetup password(String password) {
        this.password = password;
        return config("requirepass " + password);
    }

    /** Adds an ACL user, with rules such as {@code ~gh:* +@all}. */
    public RedisSetup user(String name, String password, String rules) {
        return config("user %s on >%s %s".formatted(name, password, rules));
    }

    /** Renames a command, so that clients which use its own name get an error. */
    public RedisSetup rename(String command) {
        renamed.add(command);
        return config("rename-command " + command + " " + nameOf(command));
    }

    /** Serves TLS only, with this certificate, valid or not. Clients need none. */
    public RedisSetup tls(Certificates.Server certificate) {
        this.certificate = certificate;
        return this;
    }

    /** Sets {@code maxmemory}, such as {@code 2mb}. The policy is Redis's default, {@code noeviction}. */
    public RedisSetup maxMemory(String limit) {
        return config("maxmemory " + limit);
    }

    /** Makes the server a replica of {@code master}. It has started when it is in sync. */
    public RedisSetup replicaOf(RedisProcess master) {
        replica = true;
        return config("replicaof %s %d".formatted(master.host(), master.port()));
    }

    /** Makes the server a Sentinel. Lines for {@link #config} begin with {@code sentinel}. */
    RedisSetup sentinel() {
        sentinel = true;
        return this;
    }

    /** Makes the server a node of a future cluster. */
    public RedisSetup cluster() {
        return config("cluster-enabled yes").config("cluster-node-timeout 1000");
    }

    /** Adds a line of redis.conf. A later line overrides an earlier one. */
    public RedisSetup config(String line) {
        lines.add(line);
        return this;
    }

    /** Starts the server. Returns when it replies to PING. */
    public RedisProcess start() {
        if (port != 0) {
            return new RedisProcess(this);
        }
        for (var attempt = 1; ; attempt++) {
            port = LoopbackPort.free().number();
            try {
                return new RedisProcess(this);
            } catch (IllegalStateException e) {
                // Another process may have taken the port since it was found free.
                if (attempt == 3 || !e.getMessage().contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    String host() {
        return host;
    }

    int port() {
        return port;
    }

    boolean hasTls() {
        return certificate != null;
    }

    boolean isReplica() {
        return replica;
    }

    /** Returns the name under which this server has {@code command}. */
    String nameOf(String command) {
        return renamed.contains(command) ? "renamed-" + command : command;
    }

    boolean isSentinel() {
        return sentinel;
    }

    Optional<String> password() {
        return Optional.ofNullable(password);
    }

    RespConnection connect(Duration timeout) {
        var client = hasTls()
                ? RespConnection.connect(host, port, timeout, TrustAllManager.context())
                : RespConnection.connect(host, port, timeout);
        if (password != null) {
            try {
                client.call("AUTH", password);
            } catch (RuntimeException e) {
                client.close();
                throw e;
            }
        }
        return client;
    }

    String configuration(Path directory) {
        var configuration = new ArrayList<String>();
        configuration.add("bind " + host);
        configuration.add("dir " + directory);
        if (!sentinel) {
            addServerLines(configuration);
        }
        configuration.add((hasTls() ? "tls-port " : "port ") + port);
        if (hasTls()) {
            configuration.add("port 0");
            configuration.add("tls-cert-file " + certificate.certificate());
            configuration.add("tls-key-file " + certificate.key());
            configuration.add("tls-ca-cert-file " + certificate.ca());
            configuration.add("tls-auth-clients no");
        }
        if (hasTls() && !sentinel) {
            configuration.add("tls-replication yes");
            configuration.add("tls-cluster yes");
        }
        configuration.addAll(lines);
        return String.join("\n", configuration) + "\n";
    }

    private void addServerLines(List<String> configuration) {
        configuration.add("save \"\"");
        configuration.add("appendonly no");
        if (password != null) {
            configuration.add("masterauth " + password);
        }
        // Redis logs from 10 ms by default. A busy machine stalls it for longer, and health would warn of slow
        // commands.
        configuration.add("slowlog-log-slower-than 5000000");
        configuration.add("repl-diskless-sync yes");
        configuration.add("repl-diskless-sync-delay 0");
    }
}
