// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.testkit.proxy;

import dev.gatehouse.testkit.process.LoopbackPort;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/** Listens but never accepts. Its backlog is full of its own connections, so the system ignores new ones. */
final class FullBacklogListener implements AutoCloseable {

    private static final int MOST_QUEUED = 64;
    private static final int FULL_AFTER_MILLIS = 100;

    private final ServerSocket listener;
    private final List<Socket> queued = new ArrayList<>();

    FullBacklogListener(LoopbackPort port) throws IOException {
        listener = port.listen(1);
        try {
            fill();
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var socket : queued) {
            socket.close();
        }
    }

    private void fill() throws IOException {
        while (queued.size() < MOST_QUEUED) {
            var socket = new Socket();
            queued.add(socket);
            try {
                socket.connect(listener.getLocalSocketAddress(), FULL_AFTER_MILLIS);
            } catch (SocketTimeoutException full) {
                return;
            }
        }
        throw new IOException("this system accepts connections beyond the backlog");
    }
}
