package dev.gatehouse.local.doctor;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Records a server's certificates before they are verified, so that untrusted ones can be reported. */
final class CertificateRecorder extends X509ExtendedTrustManager {

    private final @Nullable X509ExtendedTrustManager delegate;
    private volatile List<X509Certificate> chain = List.of();

    /**
     * Delegates the verification.
     *
     * @param delegate null to trust every certificate
     */
    CertificateRecorder(@Nullable X509ExtendedTrustManager delegate) {
        this.delegate = delegate;
    }

    /** The certificates shown, the server's own first. */
    List<X509Certificate> chain() {
        return chain;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind, Socket socket) throws CertificateException {
        chain = List.of(shown);
        if (delegate != null) {
            delegate.checkServerTrusted(shown, kind, socket);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind, SSLEngine engine) throws CertificateException {
        chain = List.of(shown);
        if (delegate != null) {
            delegate.checkServerTrusted(shown, kind, engine);
        }
    }

    @Override
    public void checkServerTrusted(X509Certificate[] shown, String kind) throws CertificateException {
        chain = List.of(shown);
        if (delegate != null) {
            delegate.checkServerTrusted(shown, kind);
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
        return delegate == null ? new X509Certificate[0] : delegate.getAcceptedIssuers();
    }
}
