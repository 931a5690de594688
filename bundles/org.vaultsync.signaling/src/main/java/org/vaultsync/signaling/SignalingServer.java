// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server where peers find each other: it repeats what one of them publishes under a topic to all that subscribed it, in
 * the protocol of y-webrtc. It keeps nothing, and needs one thread, which owns everything.
 */
public final class SignalingServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SignalingServer.class);
    private static final int REQUEST_BYTES = 4096;
    private static final int WAITING_CONNECTIONS = 1024;
    private static final int FLUSH_AFTER = 256;

    private final EventLoopGroup thread;
    private final Hall hall;
    private final AtomicBoolean closing = new AtomicBoolean();
    private Channel listening; // set once, before anybody has this server

    private SignalingServer(ServerSettings settings) {
        thread = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("signaling-server", true), NioIoHandler.newFactory());
        hall = new Hall(settings);
    }

    /**
     * Starts to listen. Blocks while the socket is bound.
     *
     * @throws IOException if this machine does not let it, or the certificate cannot be read, with a sentence for people
     */
    public static SignalingServer start(ServerSettings settings) throws IOException {
        SignalingServer server = new SignalingServer(settings);
        try {
            server.listen(settings);
            return server;
        } catch (IOException | RuntimeException failed) {
            server.close();
            throw failed;
        }
    }

    private void listen(ServerSettings settings) throws IOException {
        Certificates certificates =
                settings.tls().isPresent() ? new Certificates(settings.tls().get()) : null;
        int backlog = settings.limits().backlogBytes();
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(thread)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, WAITING_CONNECTIONS)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(backlog / 2, backlog))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new FlushConsolidationHandler(FLUSH_AFTER, true));
                        if (certificates != null) {
                            channel.pipeline().addLast(certificates.context().newHandler(channel.alloc()));
                        }
                        channel.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(REQUEST_BYTES),
                                        new Client(hall));
                    }
                });
        ChannelFuture bound = settings.bind()
                .map(address -> bootstrap.bind(address, settings.port()))
                .orElseGet(() -> bootstrap.bind(settings.port()))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "The signaling server cannot listen at port " + settings.port() + ": "
                            + bound.cause().getMessage() + ".",
                    bound.cause());
        }
        listening = bound.channel();
        thread.scheduleAtFixedRate(
                () -> {
                    hall.callers().forget(System.nanoTime());
                    if (certificates != null) {
                        certificates.refresh();
                    }
                },
                1,
                1,
                TimeUnit.MINUTES);
        LOG.info("signaling: listening at port {}{}", port(), certificates == null ? "" : " with TLS");
    }

    /** Where it listens. */
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /**
     * Says goodbye to all clients, which will look for it again, and stops. Blocks for 5 s at most. Harmless when it is closed
     * already, or by another thread at the same time.
     */
    @Override
    public void close() {
        if (closing.compareAndSet(false, true)) {
            if (listening != null) {
                listening.close().awaitUninterruptibly();
                thread.submit(hall::dismiss).awaitUninterruptibly();
            }
            thread.shutdownGracefully(0, 3, TimeUnit.SECONDS);
        }
        thread.terminationFuture().awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
