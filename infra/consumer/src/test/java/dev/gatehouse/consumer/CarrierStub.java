// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.consumer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The service that the handlers call for each order. It records the calls of all processes. */
final class CarrierStub implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<String> calls = new ArrayList<>();
    private final Set<String> rejected = ConcurrentHashMap.newKeySet();
    private final Map<String, CountDownLatch> paused = new ConcurrentHashMap<>();

    private CarrierStub(HttpServer server) {
        this.server = server;
    }

    static CarrierStub start() {
        try {
            var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            var carrier = new CarrierStub(server);
            server.createContext("/", carrier::ship);
            server.setExecutor(carrier.threads);
            server.start();
            return carrier;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the address to which the id of an order is appended. */
    String url() {
        return "http://127.0.0.1:%d/".formatted(server.getAddress().getPort());
    }

    /** Rejects the next call for the order. */
    void rejectOnce(String order) {
        rejected.add(order);
    }

    /** Lets calls for the order wait until the latch is counted down. */
    CountDownLatch pause(String order) {
        return paused.computeIfAbsent(order, _ -> new CountDownLatch(1));
    }

    /** Returns the orders of the calls with that prefix, in order of their arrival. */
    List<String> calls(String prefix) {
        synchronized (calls) {
            return calls.stream().filter(order -> order.startsWith(prefix)).toList();
        }
    }

    private void ship(HttpExchange call) throws IOException {
        try (call) {
            var order = call.getRequestURI().getPath().substring(1);
            synchronized (calls) {
                calls.add(order);
            }
            if (paused.containsKey(order)) {
                paused.get(order).await();
            }
            call.sendResponseHeaders(rejected.remove(order) ? 503 : 200, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
