// SPDX-License-Identifier: Apache-2.0
package dev.penstock.testing;

import java.util.List;

/** One reading of a whole body of server-sent events. Real clients disagree, so there are three. */
public interface SseDecoding {
    List<SseMessage> decode(byte[] body);
}
