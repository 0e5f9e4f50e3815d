package dev.gatehouse.testkit.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** One element of ASN.1 in its distinguished encoding: as much of it as a certificate needs. */
record Der(byte[] bytes) {

    private static final DateTimeFormatter UTC_TIME =
            DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

    static Der sequence(Der... parts) {
        return tagged(0x30, concat(parts));
    }

    static Der set(Der... parts) {
        return tagged(0x31, concat(parts));
    }

    /** {@code [number]} around a whole element. */
    static Der explicit(int number, Der part) {
        return tagged(0xa0 | number, part.bytes);
    }

    /** {@code [number]} in place of the tag of a primitive element. */
    static Der implicit(int number, byte[] content) {
        return tagged(0x80 | number, content);
    }

    static Der integer(BigInteger value) {
        return tagged(0x02, value.toByteArray());
    }

    static Der yes() {
        return tagged(0x01, new byte[] {(byte) 0xff});
    }

    static Der octets(byte[] content) {
        return tagged(0x04, content);
    }

    static Der bits(byte[] content) {
        return tagged(0x03, concat(new Der(new byte[1]), new Der(content)));
    }

    static Der utf8(String text) {
        return tagged(0x0c, text.getBytes(StandardCharsets.UTF_8));
    }

    /** A time before 2050. */
    static Der time(Instant time) {
        return tagged(0x17, UTC_TIME.format(time).getBytes(StandardCharsets.US_ASCII));
    }

    /** An object identifier, in dots. */
    static Der oid(String dotted) {
        var arcs = dotted.split("\\.");
        var content = new ByteArrayOutputStream();
        content.write(40 * Integer.parseInt(arcs[0]) + Integer.parseInt(arcs[1]));
        for (var i = 2; i < arcs.length; i++) {
            var arc = Integer.parseInt(arcs[i]);
            for (var shift = 28; shift > 0; shift -= 7) {
                if (arc >> shift != 0) {
                    content.write(arc >> shift & 0x7f | 0x80);
                }
            }
            content.write(arc & 0x7f);
        }
        return tagged(0x06, content.toByteArray());
    }

    private static Der tagged(int tag, byte[] content) {
        var element = new ByteArrayOutputStream();
        element.write(tag);
        if (content.length < 0x80) {
            element.write(content.length);
        } else {
            var length = BigInteger.valueOf(content.length).toByteArray();
            var sign = length[0] == 0 ? 1 : 0;
            element.write(0x80 | length.length - sign);
            element.write(length, sign, length.length - sign);
        }
        element.writeBytes(content);
        return new Der(element.toByteArray());
    }

    private static byte[] concat(Der... parts) {
        var content = new ByteArrayOutputStream();
        for (var part : parts) {
            content.writeBytes(part.bytes);
        }
        return content.toByteArray();
    }
}
