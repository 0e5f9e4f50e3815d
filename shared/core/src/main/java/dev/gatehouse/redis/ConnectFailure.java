package dev.gatehouse.redis;

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

/** No connection to Redis could be opened. The message says in one line why, for the operator, and holds no secret. */
final class ConnectFailure extends RuntimeException {

    private static final long serialVersionUID = 1;

    private static final String WRONG_CREDENTIALS = "the user or password is wrong";

    private final String why;
    private final @Nullable String code;
    private final boolean lasting;

    ConnectFailure(String why, boolean lasting) {
        this(why, null, lasting);
    }

    private ConnectFailure(String why, @Nullable String code, boolean lasting) {
        super(why, null, false, false);
        this.why = why;
        this.code = code;
        this.lasting = lasting;
    }

    /** Redis was reached, and does not take what it was told of who we are. */
    private static ConnectFailure unknownToRedis(String code, String why) {
        return new ConnectFailure(why, code, true);
    }

    LinkFailure failure() {
        return new LinkFailure(why, code, false);
    }

    String why() {
        return why;
    }

    /** Whether trying again at once is in vain: a wrong password, a certificate that is not trusted. */
    boolean isLasting() {
        return lasting;
    }

    /** Reads the cause out of what the driver threw. */
    static ConnectFailure because(Throwable thrown) {
        var innermost = thrown;
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            innermost = cause;
            if (cause instanceof ConnectFailure known) {
                return known;
            }
            var reading = read(cause);
            if (reading != null) {
                return reading;
            }
        }
        return new ConnectFailure("it failed with " + innermost.getClass().getSimpleName(), false);
    }

    private static @Nullable ConnectFailure read(Throwable cause) {
        return switch (cause) {
            case UnknownHostException _ -> new ConnectFailure("the host name is not known", false);
            case CertificateException e -> certificate(e);
            case SocketTimeoutException _ -> new ConnectFailure("no answer within the connection timeout", false);
            // Netty's ConnectTimeoutException is a ConnectException that says so in its message.
            case ConnectException e
            when said(e).contains("timed out") -> new ConnectFailure("no answer within the connection timeout", false);
            case ConnectException _ -> new ConnectFailure("the connection was refused", false);
            case SocketException _ ->
                new ConnectFailure("it ended the connection before the handshake was over", false);
            case TimeoutException _ -> new ConnectFailure("no answer to the handshake within the timeout", false);
            default -> readMessage(cause);
        };
    }

    private static @Nullable ConnectFailure readMessage(Throwable cause) {
        var said = said(cause);
        if (said.contains("wrongpass") || said.contains("invalid password") || said.contains("invalid username")) {
            return unknownToRedis("WRONGPASS", WRONG_CREDENTIALS);
        }
        if (said.contains("noauth") || said.contains("authentication required")) {
            return unknownToRedis("NOAUTH", "it asks for a password and none is set");
        }
        if (said.contains("without any password configured") || said.contains("no password is set")) {
            return unknownToRedis("WRONGPASS", "a password is set here but none is asked for there");
        }
        if (said.contains("noperm")) {
            return unknownToRedis("NOPERM", "the user may not run the commands of the handshake");
        }
        if (said.startsWith("loading")) {
            return new ConnectFailure("it is still loading its data", "LOADING", false);
        }
        if (said.contains("not an ssl/tls record")) {
            return new ConnectFailure("it does not speak TLS on this port", true);
        }
        if (said.contains("handshake timed out")) {
            return new ConnectFailure("no answer to the TLS handshake: does it speak TLS on this port?", false);
        }
        if (said.contains("closed prematurely")) {
            return new ConnectFailure("it ended the connection before the handshake was over", false);
        }
        if (said.contains("initialization timed out")) {
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
        var said = said(e);
        if (said.contains("subject alternative") || said.contains("no name matching")) {
            return new ConnectFailure("its certificate is for another host name", true);
        }
        return new ConnectFailure("its certificate is not trusted: check REDIS_CA_FILE", true);
    }

    private static String said(Throwable cause) {
        return cause.getMessage() == null ? "" : cause.getMessage().toLowerCase(Locale.ROOT);
    }

    /** Whether Redis does not know whom we say to be; others may be. */
    boolean isOfCredentials() {
        return why.equals(WRONG_CREDENTIALS);
    }
}
