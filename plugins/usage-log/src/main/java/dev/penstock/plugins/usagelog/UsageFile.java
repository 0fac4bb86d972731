// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.usagelog;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A file of lines that all streams share: a line goes in whole, in one write at the end of the file, so that lines never mix, not
 * even with those of the generation before a reload, which may still hold the same file. When the file would grow too large it is
 * put aside as {@code .1}, and {@code .1} as {@code .2}. A file that somebody else has moved away is begun anew.
 *
 * <p>Plain output streams, not channels: an interrupt would close a channel in the middle of a line.
 *
 * <p>Guarded by lock: output, key, torn.
 */
final class UsageFile implements AutoCloseable {
    private final Path path;
    private final long maxSize;
    private final int keep;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<OutputStream> output = Optional.empty();
    private Optional<Object> key = Optional.empty();
    private boolean torn;

    UsageFile(Path path, long maxSize, int keep) {
        this.path = path;
        this.maxSize = maxSize;
        this.keep = keep;
    }

    /** Opens the file, so that a wrong path is known when the plugin starts. */
    void open() throws IOException {
        lock.lock();
        try {
            ready(0);
        } finally {
            lock.unlock();
        }
    }

    /** Appends a line; the line end is added here. */
    void append(String line) throws IOException {
        byte[] bytes = (line + "\n").getBytes(UTF_8);
        lock.lock();
        try {
            write(ready(bytes.length), bytes);
        } finally {
            lock.unlock();
        }
    }

    private void write(OutputStream out, byte[] bytes) throws IOException {
        try {
            if (torn) {
                out.write('\n');
                torn = false;
            }
            out.write(bytes);
        } catch (IOException e) {
            close(out);
            throw e;
        }
    }

    /** The output to the file that stands at the path, with room for so many bytes. */
    private OutputStream ready(int length) throws IOException {
        Optional<BasicFileAttributes> there = attributes();
        if (isFull(there, length)) {
            output.ifPresent(this::close);
            there = rotated(length);
        }
        boolean ours =
                there.isPresent() && Optional.ofNullable(there.get().fileKey()).equals(key);
        if (output.isPresent() && ours) {
            return output.get();
        }
        output.ifPresent(this::close);
        return begin();
    }

    private boolean isFull(Optional<BasicFileAttributes> there, int length) {
        return there.isPresent() && there.get().size() > 0 && there.get().size() + length > maxSize;
    }

    /**
     * Puts the file aside unless somebody else has done so meanwhile: two generations of the plugin may write to one path during a
     * reload. Their classes are not the same, so they can only meet on something that the whole process shares, an interned text.
     */
    private Optional<BasicFileAttributes> rotated(int length) throws IOException {
        synchronized (("penstock usage-log " + path.toAbsolutePath().normalize()).intern()) {
            Optional<BasicFileAttributes> there = attributes();
            if (!isFull(there, length)) {
                return there;
            }
            putAside();
            return Optional.empty();
        }
    }

    private OutputStream begin() throws IOException {
        torn = endsWithinLine();
        OutputStream out = new FileOutputStream(path.toFile(), true);
        output = Optional.of(out);
        key = attributes().map(BasicFileAttributes::fileKey);
        return out;
    }

    /** A process that was killed, or a full disk, may have left half a line. */
    private boolean endsWithinLine() throws IOException {
        if (attributes().map(BasicFileAttributes::size).orElse(0L) == 0) {
            return false;
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(file.length() - 1);
            return file.read() != '\n';
        }
    }

    private Optional<BasicFileAttributes> attributes() throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private void putAside() throws IOException {
        if (keep == 0) {
            Files.deleteIfExists(path);
            return;
        }
        for (int age = keep - 1; age > 0; age--) {
            if (Files.exists(aside(age))) {
                Files.move(aside(age), aside(age + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.move(path, aside(1), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path aside(int age) {
        return path.resolveSibling(path.getFileName() + "." + age);
    }

    private void close(OutputStream out) {
        output = Optional.empty();
        key = Optional.empty();
        try {
            out.close();
        } catch (IOException e) {
            torn = true; // What was written is there, or the next one to open the file sees that it is not.
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            output.ifPresent(this::close);
        } finally {
            lock.unlock();
        }
    }
}
