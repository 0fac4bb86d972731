// SPDX-License-Identifier: Apache-2.0
package dev.penstock.relay;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Where the bytes of a model server's answer come from. A port: implemented over the upstream call by the exchange. */
@FunctionalInterface
public interface ChunkSource {
    /**
     * Blocks for the next bytes; absent at the proper end of the body. The buffer has an array and is valid until the next
     * call. An upstream that fails throws an unchecked exception of its own room, which the relay lets pass.
     *
     * @param timeoutMillis how long to wait, 0 for ever; a buffer without bytes says that nothing came in that time
     */
    Optional<ByteBuffer> read(long timeoutMillis);
}
