// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.state;

import dev.gatehouse.redis.ScriptReply;
import dev.gatehouse.state.BatchOutcome.AllSaved;
import dev.gatehouse.state.BatchOutcome.NoneSaved;
import dev.gatehouse.state.ReadOutcome.Found;
import dev.gatehouse.state.ReadOutcome.Unchanged;
import dev.gatehouse.state.ReadOutcome.Unknown;
import dev.gatehouse.state.StateInfo.Writer;
import dev.gatehouse.state.StatePage.Cursor;
import dev.gatehouse.state.WriteOutcome.Saved;
import dev.gatehouse.state.WriteOutcome.TooLarge;
import dev.gatehouse.state.WriteOutcome.VersionMismatch;
import dev.gatehouse.state.WriteOutcome.WriterHeld;
import dev.gatehouse.state.WriteOutcome.WriterLost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Converts the replies of the scripts to outcomes. */
final class StateReplyReader {

    /** Precedes the name of a member in the field of its hash. */
    static final String MEMBER = "m:";

    private StateReplyReader() {}

    static ReadOutcome readOutcome(ScriptReply reply) {
        return readOutcome(reply, 0);
    }

    private static ReadOutcome readOutcome(ScriptReply reply, int at) {
        return switch (reply.text(at)) {
            case "found" -> new Found(info(reply, at + 1), value(reply, at + 7));
            case "unchanged" -> new Unchanged(info(reply, at + 1));
            case "unknown" -> new Unknown();
            default -> throw reply.unexpected();
        };
    }

    private static StateInfo info(ScriptReply reply, int at) {
        return new StateInfo(
                reply.number(at),
                reply.instant(at + 1),
                reply.instant(at + 2),
                reply.instant(at + 3),
                reply.number(at + 4) == 0
                        ? Optional.empty()
                        : Optional.of(new Writer(reply.text(at + 5), reply.instant(at + 4))));
    }

    private static StateValue value(ScriptReply reply, int at) {
        var members = new LinkedHashMap<String, String>();
        for (int i = at; i < reply.size(); i += 2) {
            members.put(utf8(reply, i).substring(MEMBER.length()), utf8(reply, i + 1));
        }
        return new StateValue(members);
    }

    private static String utf8(ScriptReply reply, int index) {
        return new String(reply.bytes(index), StandardCharsets.UTF_8);
    }

    static BatchOutcome batchOutcome(ScriptReply reply, int writes) {
        if (reply.has(0, "refused")) {
            var outcome = reply.has(2, "too-large") ? new TooLarge() : refusal(reply, 2);
            return new NoneSaved(Math.toIntExact(reply.number(1)), outcome);
        }
        var saved = new ArrayList<Saved>();
        for (int i = 1; i <= 6 * writes; i += 6) {
            saved.add(new Saved(
                    reply.number(i + 1),
                    reply.instant(i + 2),
                    reply.instant(i + 3),
                    reply.instant(i + 4),
                    reply.flag(i + 5),
                    reply.flag(i)));
        }
        return new AllSaved(saved);
    }

    private static WriteOutcome.Refusal refusal(ScriptReply reply, int at) {
        return switch (reply.text(at)) {
            case "lost" -> new WriterLost();
            case "held" -> held(reply, at);
            case "mismatch" -> {
                long present = reply.number(at + 1);
                yield new VersionMismatch(present == 0 ? OptionalLong.empty() : OptionalLong.of(present));
            }
            default -> throw reply.unexpected();
        };
    }

    private static WriterHeld held(ScriptReply reply, int at) {
        return new WriterHeld(new Writer(reply.text(at + 1), reply.instant(at + 2)), reply.micros(at + 3));
    }

    static StateClaimOutcome claimOutcome(ScriptReply reply) {
        return reply.has(0, "held")
                ? held(reply, 0)
                : new StateClaimOutcome.Claimed(reply.number(1), reply.instant(2), readOutcome(reply, 3));
    }

    static List<Cursor> cursors(ScriptReply reply) {
        var listed = new ArrayList<Cursor>();
        for (int i = 1; i < reply.size(); i += 2) {
            listed.add(new Cursor(reply.number(i + 1), reply.text(i)));
        }
        return listed;
    }

    static DeleteOutcome deleteOutcome(ScriptReply reply) {
        return reply.has(0, "deleted") ? new DeleteOutcome.Deleted() : refusal(reply, 0);
    }
}
