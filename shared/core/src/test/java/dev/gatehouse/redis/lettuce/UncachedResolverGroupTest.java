// SPDX-License-Identifier: Apache-2.0
package dev.gatehouse.redis.lettuce;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("sets a property of the JVM")
@SuppressWarnings("deprecation") // The event loops of Lettuce.
class UncachedResolverGroupTest {

    private static final String HOSTS_FILE = "jdk.net.hosts.file";

    private final EventLoopGroup threads = new NioEventLoopGroup(1);
    private final AtomicInteger queries = new AtomicInteger();

    @TempDir
    private Path directory;

    private Path hosts;
    private volatile @Nullable String address;
    private volatile boolean silent;
    private volatile boolean dropsAaaa;
    private UncachedResolverGroup group;

    /** Starts a DNS server whose records live for an hour. It has no name but {@code redis.test}. */
    @BeforeEach
    void start() throws Exception {
        hosts = Files.writeString(directory.resolve("hosts"), "");
        System.setProperty(HOSTS_FILE, hosts.toString());
        var server = new Bootstrap()
                .group(threads)
                .channel(NioDatagramChannel.class)
                .handler(new ChannelInitializer<DatagramChannel>() {
                    @Override
                    protected void initChannel(DatagramChannel channel) {
                        channel.pipeline()
                                .addLast(
                                        new DatagramDnsQueryDecoder(),
                                        new DatagramDnsResponseEncoder(),
                                        new SimpleChannelInboundHandler<DatagramDnsQuery>() {
                                            @Override
                                            protected void channelRead0(
                                                    ChannelHandlerContext context, DatagramDnsQuery query)
                                                    throws Exception {
                                                reply(context, query);
                                            }
                                        });
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        group = new UncachedResolverGroup(
                Duration.ofSeconds(1),
                new SingletonDnsServerAddressStreamProvider((InetSocketAddress) server.localAddress()));
    }

    private void reply(ChannelHandlerContext context, DatagramDnsQuery query) throws Exception {
        queries.incrementAndGet();
        DefaultDnsQuestion question = query.recordAt(DnsSection.QUESTION);
        if (silent || (dropsAaaa && question.type().equals(DnsRecordType.AAAA))) {
            return;
        }
        var response = new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
        response.addRecord(DnsSection.QUESTION, question);
        if (address == null || !question.name().equals("redis.test.")) {
            response.setCode(DnsResponseCode.NXDOMAIN);
        } else if (question.type().equals(DnsRecordType.A)) {
            var bytes = Unpooled.wrappedBuffer(InetAddress.getByName(address).getAddress());
            response.addRecord(
                    DnsSection.ANSWER, new DefaultDnsRawRecord(question.name(), DnsRecordType.A, 3600, bytes));
        }
        context.writeAndFlush(response);
    }

    @AfterEach
    void stop() {
        System.clearProperty(HOSTS_FILE);
        group.close();
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private String resolve(String host) throws Exception {
        return group.getResolver(threads.next())
                .resolve(InetSocketAddress.createUnresolved(host, 6379))
                .get(30, TimeUnit.SECONDS)
                .getAddress()
                .getHostAddress();
    }

    @Test
    void queriesTheServersEachTime() throws Exception {
        address = "127.0.0.7";
        assertThat(resolve("redis.test")).isEqualTo("127.0.0.7");
        address = "127.0.0.8";
        assertThat(resolve("redis.test")).isEqualTo("127.0.0.8");
    }

    @Test
    void readsTheHostsFileFirstAndEachTime() throws Exception {
        address = "127.0.0.7";
        Files.writeString(hosts, "127.0.0.8 other Redis.test\n");
        assertThat(resolve("redis.test")).isEqualTo("127.0.0.8");
        Files.writeString(hosts, "127.0.0.9 REDIS.test\n");
        assertThat(resolve("Redis.Test")).isEqualTo("127.0.0.9");
        assertThat(queries).hasValue(0);
    }

    @Test
    void leavesAnUnknownNameToTheJvm() throws Exception {
        assertThat(resolve("localhost"))
                .isEqualTo(InetAddress.getByName("localhost").getHostAddress());
        assertThat(queries).hasPositiveValue();
    }

    @Test
    void leavesTheNameToTheJvmIfTheServersAreSilent() throws Exception {
        silent = true;
        assertThat(resolve("localhost"))
                .isEqualTo(InetAddress.getByName("localhost").getHostAddress());
    }

    @Test
    void acceptsAnAddressFromAServerThatDropsQueriesForIpv6() throws Exception {
        dropsAaaa = true;
        address = "127.0.0.7";
        assertThat(resolve("redis.test")).isEqualTo("127.0.0.7");
    }

    @Test
    void queriesNothingForAnAddress() throws Exception {
        assertThat(resolve("127.0.0.3")).isEqualTo("127.0.0.3");
        assertThat(queries).hasValue(0);
    }
}
