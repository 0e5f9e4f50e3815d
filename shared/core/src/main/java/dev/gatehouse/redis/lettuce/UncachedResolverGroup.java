// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import io.lettuce.core.resource.Transports;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultNameResolver;
import io.netty.resolver.HostsFileEntriesProvider;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.NameResolver;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseNotifier;
import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Resolves host names anew for each connection, in a program whose JVM keeps addresses. Reads the hosts file, then queries
 * the DNS servers of the system. A name that neither has is left to the JVM, which may have other sources.
 */
final class UncachedResolverGroup extends AddressResolverGroup<InetSocketAddress> {

    private final Duration timeout;
    private final DnsServerAddressStreamProvider servers;

    /** @param timeout the time after which the JVM resolves a name that the DNS servers have not resolved */
    UncachedResolverGroup(Duration timeout) {
        this(timeout, DnsServerAddressStreamProviders.platformDefault());
    }

    UncachedResolverGroup(Duration timeout, DnsServerAddressStreamProvider servers) {
        this.timeout = timeout;
        this.servers = servers;
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        var dns = new DnsNameResolverBuilder((EventLoop) executor)
                .datagramChannelType(Transports.datagramChannelClass())
                .nameServerProvider(servers)
                .resolveCache(NoopDnsCache.INSTANCE)
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .hostsFileEntriesResolver(UncachedResolverGroup::inHostsFile)
                .queryTimeoutMillis(timeout.toMillis())
                // Does not wait for addresses of the other family: some servers drop queries for AAAA records.
                .completeOncePreferredResolved(true)
                .build();
        return new Resolver(executor, dns).asAddressResolver();
    }

    /** Reads the hosts file each time; Netty's own resolver reads it once. */
    private static @Nullable InetAddress inHostsFile(String host, ResolvedAddressTypes types) {
        var file = System.getProperty("jdk.net.hosts.file");
        var parser = HostsFileEntriesProvider.parser();
        var entries = file == null ? parser.parseSilently() : parser.parseSilently(new File(file));
        var name = host.toLowerCase(Locale.ROOT);
        var v4 = entries.ipv4Entries().getOrDefault(name, List.of());
        var v6 = entries.ipv6Entries().getOrDefault(name, List.of());
        var found =
                switch (types) {
                    case IPV4_ONLY -> v4;
                    case IPV6_ONLY -> v6;
                    case IPV4_PREFERRED -> v4.isEmpty() ? v6 : v4;
                    case IPV6_PREFERRED -> v6.isEmpty() ? v4 : v6;
                };
        return found.isEmpty() ? null : found.getFirst();
    }

    /** Resolves a name by {@code dns} within the timeout; otherwise by the JVM. */
    private final class Resolver extends InetNameResolver {

        private final NameResolver<InetAddress> dns;
        private final NameResolver<InetAddress> jvm;

        Resolver(EventExecutor executor, NameResolver<InetAddress> dns) {
            super(executor);
            this.dns = dns;
            this.jvm = new DefaultNameResolver(executor);
        }

        @Override
        protected void doResolve(String host, Promise<InetAddress> promise) {
            complete(promise, dns.resolve(host), () -> jvm.resolve(host));
        }

        @Override
        protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
            complete(promise, dns.resolveAll(host), () -> jvm.resolveAll(host));
        }

        private <T> void complete(Promise<T> promise, Future<T> found, Supplier<Future<T>> otherwise) {
            var late = executor().schedule(() -> found.cancel(false), timeout.toNanos(), TimeUnit.NANOSECONDS);
            found.addListener((FutureListener<T>) done -> {
                late.cancel(false);
                if (done.isSuccess()) {
                    promise.trySuccess(done.getNow());
                } else {
                    var _ = PromiseNotifier.cascade(otherwise.get(), promise);
                }
            });
        }

        @Override
        public void close() {
            dns.close();
            super.close();
        }
    }
}
