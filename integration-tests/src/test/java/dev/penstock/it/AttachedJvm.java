// SPDX-License-Identifier: Apache-2.0
package dev.penstock.it;

import static dev.penstock.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Says diagnostic commands to another JVM as jcmd does, without starting a JVM for each: the check after every test needs one.
 * Immutable.
 */
final class AttachedJvm {
    private final long pid;
    private final Path socket;

    AttachedJvm(long pid) {
        this.pid = pid;
        this.socket = Path.of("/tmp/.java_pid" + pid);
    }

    /** What the JVM answers to this command. */
    String command(String command) {
        try {
            open();
            try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(socket));
                channel.write(ByteBuffer.wrap(("1\0jcmd\0" + command + "\0\0\0").getBytes(UTF_8)));
                return answer(channel, command);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String answer(SocketChannel channel, String command) throws IOException {
        var all = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(64 << 10);
        while (channel.read(buffer) >= 0) {
            all.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
        String text = all.toString(UTF_8);
        if (!text.startsWith("0\n")) {
            throw new AssertionError(command + " failed: " + text);
        }
        return text.substring(2);
    }

    /** The JVM makes its socket when it finds a file of ours at SIGQUIT. */
    private void open() throws IOException {
        if (Files.exists(socket)) {
            return;
        }
        Path request = Path.of("/tmp/.attach_pid" + pid);
        Files.writeString(request, "");
        try {
            ProxyProcess.run("kill", "-QUIT", Long.toString(pid));
            eventually(Duration.ofSeconds(10), () -> {
                if (!Files.exists(socket)) {
                    throw new AssertionError(socket + " does not appear");
                }
            });
        } finally {
            Files.deleteIfExists(request);
        }
    }
}
