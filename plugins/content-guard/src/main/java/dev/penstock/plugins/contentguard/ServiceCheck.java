// SPDX-License-Identifier: Apache-2.0
package dev.penstock.plugins.contentguard;

/**
 * The text of one answer on its way to the moderation service: what it has not been asked about yet, and some of what came before.
 *
 * <p>Confined to the stream thread.
 */
final class ServiceCheck {
    private final ModerationService service;
    private final StringBuilder context = new StringBuilder();
    private final StringBuilder unasked = new StringBuilder();
    private String channel = "";
    private long asked;

    ServiceCheck(ModerationService service) {
        this.service = service;
    }

    /** Gives back the place of the piece's end in the whole text. */
    long add(String channelOfPiece, String piece) {
        if (!channel.equals(channelOfPiece)) {
            unasked.append(unasked.isEmpty() && context.isEmpty() ? "" : "\n");
            channel = channelOfPiece;
        }
        unasked.append(piece);
        return asked + unasked.length();
    }

    /** How much of the whole text the service has let pass. */
    long asked() {
        return asked;
    }

    boolean isDue() {
        return unasked.length() >= service.settings().checkChars();
    }

    /** Asks about all that has come; whether the service objects. After this, without an objection, all of it may pass. */
    boolean objects() throws NoVerdictException, InterruptedException {
        if (unasked.isEmpty()) {
            return false;
        }
        boolean flagged = service.flags(context.toString() + unasked);
        letGo();
        return flagged;
    }

    /** All that has come may pass. */
    void letGo() {
        asked += unasked.length();
        context.append(unasked);
        unasked.setLength(0);
        context.delete(0, Math.max(0, context.length() - service.settings().contextChars()));
    }
}
