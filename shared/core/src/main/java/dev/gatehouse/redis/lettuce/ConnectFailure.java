// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import dev.gatehouse.redis.aws.AwsFailure;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Reports that no connection could be opened. The message gives the reason in one line and contains no secret. */
public final class ConnectFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private static final String WRONG_CREDENTIALS = "the user or password is wrong";
    private static final String ENDED_EARLY = "it closed the connection during the handshake";
    private static final String NO_CONNECTION = "no reply within the connection timeout";
    private static final String NO_HANDSHAKE = "no reply to the handshake within the timeout";
    private static final String UNEXPECTED_PASSWORD = "a password is set, but it requires none";
    private static final String MISSING_PASSWORD = "it requires a password and none is set";

    /** @param part a part of the message of Redis or Netty, in lower case */
    private record MessagePart(
            String part, String reason, @Nullable String code, boolean lasting) {}

    private static final List<MessagePart> MESSAGE_PARTS = List.of(
            new MessagePart("wrongpass", WRONG_CREDENTIALS, "WRONGPASS", true),
            new MessagePart("invalid password", WRONG_CREDENTIALS, "WRONGPASS", true),
            new MessagePart("invalid username", WRONG_CREDENTIALS, "WRONGPASS", true),
            new MessagePart("noauth", MISSING_PASSWORD, "NOAUTH", true),
            new MessagePart("authentication required", MISSING_PASSWORD, "NOAUTH", true),
            new MessagePart("without any password configured", UNEXPECTED_PASSWORD, "WRONGPASS", true),
            new MessagePart("no password is set", UNEXPECTED_PASSWORD, "WRONGPASS", true),
            new MessagePart("noperm", "the user may not run the commands of the handshake", "NOPERM", true),
            new MessagePart("not an ssl/tls record", "it does not speak TLS on this port", null, true),
            new MessagePart(
                    "handshake timed out",
                    "no reply to the TLS handshake: does it speak TLS on this port?",
                    null,
                    false),
            new MessagePart("closed prematurely", ENDED_EARLY, null, false),
            new MessagePart("initialization timed out", NO_HANDSHAKE, null, false));

    private final String reason;
    private final @Nullable String code;
    private final boolean lasting;
    private final boolean wrongPassword;

    public ConnectFailure(String reason, boolean lasting) {
        this(reason, null, lasting);
    }

    private ConnectFailure(String reason, @Nullable String code, boolean lasting) {
        this(reason, code, lasting, reason.equals(WRONG_CREDENTIALS));
    }

    private ConnectFailure(String reason, @Nullable String code, boolean lasting, boolean wrongPassword) {
        super(reason, null, false, false);
        this.reason = reason;
        this.code = code;
        this.lasting = lasting;
        this.wrongPassword = wrongPassword;
    }

    /**
     * Reports that no address that the Sentinels report is usable.
     *
     * @param replies one line with the replies of the Sentinels and the reasons why their addresses are not usable
     * @param sentinels the failures of the Sentinels
     * @param addresses the failures of the addresses
     */
    static ConnectFailure noMaster(String replies, List<ConnectFailure> sentinels, List<ConnectFailure> addresses) {
        return new ConnectFailure(
                "there is no master: " + replies,
                addresses.stream()
                        .map(ConnectFailure::code)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null),
                Stream.concat(sentinels.stream(), addresses.stream()).allMatch(ConnectFailure::isLasting),
                addresses.stream().anyMatch(ConnectFailure::isWrongPassword));
    }

    public String reason() {
        return reason;
    }

    /** Returns the first word of the error with which Redis replied to the handshake; null if there was none. */
    public @Nullable String code() {
        return code;
    }

    /** Returns whether a retry is pointless, as with a wrong password or an untrusted certificate. */
    public boolean isLasting() {
        return lasting;
    }

    /** Returns whether Redis rejected the user or password. Other credentials may help. */
    boolean isWrongPassword() {
        return wrongPassword;
    }

    /**
     * Returns whether Lettuce missed a handshake that ended before it registered for the result. This happens on a busy
     * machine close to Redis. The connection is then open but unreferenced.
     */
    static boolean isLostHandshake(Throwable thrown) {
        for (var cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalStateException
                    && String.valueOf(cause.getMessage()).contains("HandshakeHandler")) {
                return true;
            }
        }
        return false;
    }

    /** Finds the reason in the causes of {@code thrown}. */
    public static ConnectFailure of(Throwable thrown) {
        var innermost = thrown;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            innermost = cause;
            if (cause instanceof ConnectFailure failure) {
                return failure;
            }
            var described = read(cause);
            if (described != null) {
                return described;
            }
        }
        // A message may contain secrets, a kind does not.
        var kind = innermost.getClass().getSimpleName().replaceFirst("Exception$", "");
        return new ConnectFailure("the connection failed: " + kind, false);
    }

    private static @Nullable ConnectFailure read(Throwable cause) {
        return switch (cause) {
            case AwsFailure e -> new ConnectFailure("no IAM token can be signed: " + e.getMessage(), !e.isPassing());
            case UnknownHostException _ -> new ConnectFailure("the host name is not known", false);
            case CertificateException e -> certificate(e);
            case SocketTimeoutException _ -> new ConnectFailure(NO_CONNECTION, false);
            // Netty's ConnectTimeoutException is a ConnectException, recognizable by its message.
            case ConnectException e when message(e).contains("timed out") -> new ConnectFailure(NO_CONNECTION, false);
            case ConnectException _ -> new ConnectFailure("the connection was refused", false);
            case SocketException _ -> new ConnectFailure(ENDED_EARLY, false);
            case TimeoutException _ -> new ConnectFailure(NO_HANDSHAKE, false);
            default -> readMessage(cause);
        };
    }

    private static @Nullable ConnectFailure readMessage(Throwable cause) {
        var message = message(cause);
        if (message.startsWith("loading")) {
            return new ConnectFailure("it still loads its data", "LOADING", false);
        }
        for (var found : MESSAGE_PARTS) {
            if (message.contains(found.part)) {
                return new ConnectFailure(found.reason, found.code, found.lasting);
            }
        }
        return cause instanceof SSLException && cause.getCause() == null
                ? new ConnectFailure("the TLS handshake failed", false)
                : null;
    }

    private static ConnectFailure certificate(CertificateException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException) {
                return new ConnectFailure("its certificate has expired", true);
            }
        }
        var message = message(e);
        if (message.contains("subject alternative") || message.contains("no name matching")) {
            return new ConnectFailure("its certificate is for another host name", true);
        }
        return new ConnectFailure("its certificate is not trusted: check REDIS_CA_FILE", true);
    }

    private static String message(Throwable cause) {
        return cause.getMessage() == null ? "" : cause.getMessage().toLowerCase(Locale.ROOT);
    }
}
