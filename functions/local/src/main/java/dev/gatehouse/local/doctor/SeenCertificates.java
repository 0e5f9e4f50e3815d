package dev.gatehouse.local.doctor;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Remembers what a server shows before it is judged, since who is not trusted is the more interesting. */
final class SeenCertificates extends X509ExtendedTrustManager {

    private final @Nullable X509ExtendedTrustManager judge;
    private volatile List<X509Certificate> chain = List.of();

    /**
     * Leaves the judgement to {@code judge}.
     *
     * @param judge null: whatever is shown will do
     */
    SeenCertificates(@Nullable X509ExtendedTrustManager judge) {
        this.judge = judge;
    }

    /** The certificates shown, the server's own first. */
    List<X509Certificate> chain() {
        return chain;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind, Socket socket) throws CertificateException {
        chain = List.of(shown);
        if (judge != null) {
            judge.checkServerTrusted(shown, kind, socket);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind, SSLEngine engine) throws CertificateException {
        chain = List.of(shown);
        if (judge != null) {
            judge.checkServerTrusted(shown, kind, engine);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind) throws CertificateException {
        chain = List.of(shown);
        if (judge != null) {
            judge.checkServerTrusted(shown, kind);
        }
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String kind, Socket socket) throws CertificateException {
        throw new CertificateException("this is no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String kind, SSLEngine engine) throws CertificateException {
        throw new CertificateException("this is no server");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] shown, String kind) throws CertificateException {
        throw new CertificateException("this is no server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return judge == null ? new X509Certificate[0] : judge.getAcceptedIssuers();
    }
}
