package dev.gatehouse.redis.lettuce;

import dev.gatehouse.redis.aws.AwsFailure;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Reports that no connection could be opened. The message gives the reason in one line and contains no secret. */
public final class ConnectFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private static final String WRONG_CREDENTIALS = "the user or password is wrong";

    private final String reason;
    private final @Nullable String code;
    private final boolean lasting;

    public ConnectFailure(String reason, boolean lasting) {
        this(reason, null, lasting);
    }

    private ConnectFailure(String reason, @Nullable String code, boolean lasting) {
        super(reason, null, false, false);
        this.reason = reason;
        this.code = code;
        this.lasting = lasting;
    }

    private static ConnectFailure rejected(String code, String reason) {
        return new ConnectFailure(reason, code, true);
    }

    /** Returns the reason, in one line. */
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
        return reason.equals(WRONG_CREDENTIALS);
    }

    /** Finds the reason in the causes of {@code thrown}. */
    public static ConnectFailure of(Throwable thrown) {
        var innermost = thrown;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            innermost = cause;
            if (cause instanceof ConnectFailure known) {
                return known;
            }
            var failure = read(cause);
            if (failure != null) {
                return failure;
            }
        }
        return new ConnectFailure("it failed with " + innermost.getClass().getSimpleName(), false);
    }

    private static @Nullable ConnectFailure read(Throwable cause) {
        return switch (cause) {
            case AwsFailure e -> new ConnectFailure("no IAM token can be signed: " + e.getMessage(), !e.isPassing());
            case UnknownHostException _ -> new ConnectFailure("the host name is not known", false);
            case CertificateException e -> certificate(e);
            case SocketTimeoutException _ -> new ConnectFailure("no answer within the connection timeout", false);
            // Netty's ConnectTimeoutException is a ConnectException, recognizable by its message.
            case ConnectException e
            when message(e).contains("timed out") ->
                new ConnectFailure("no answer within the connection timeout", false);
            case ConnectException _ -> new ConnectFailure("the connection was refused", false);
            case SocketException _ ->
                new ConnectFailure("it ended the connection before the handshake was over", false);
            case TimeoutException _ -> new ConnectFailure("no answer to the handshake within the timeout", false);
            default -> readMessage(cause);
        };
    }

    private static @Nullable ConnectFailure readMessage(Throwable cause) {
        var message = message(cause);
        if (message.contains("wrongpass")
                || message.contains("invalid password")
                || message.contains("invalid username")) {
            return rejected("WRONGPASS", WRONG_CREDENTIALS);
        }
        if (message.contains("noauth") || message.contains("authentication required")) {
            return rejected("NOAUTH", "it asks for a password and none is set");
        }
        if (message.contains("without any password configured") || message.contains("no password is set")) {
            return rejected("WRONGPASS", "a password is set here but none is asked for there");
        }
        if (message.contains("noperm")) {
            return rejected("NOPERM", "the user may not run the commands of the handshake");
        }
        if (message.startsWith("loading")) {
            return new ConnectFailure("it is still loading its data", "LOADING", false);
        }
        if (message.contains("not an ssl/tls record")) {
            return new ConnectFailure("it does not speak TLS on this port", true);
        }
        if (message.contains("handshake timed out")) {
            return new ConnectFailure("no answer to the TLS handshake: does it speak TLS on this port?", false);
        }
        if (message.contains("closed prematurely")) {
            return new ConnectFailure("it ended the connection before the handshake was over", false);
        }
        if (message.contains("initialization timed out")) {
            return new ConnectFailure("no answer to the handshake within the timeout", false);
        }
        if (cause instanceof SSLException && cause.getCause() == null) {
            return new ConnectFailure("the TLS handshake failed", false);
        }
        return null;
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
