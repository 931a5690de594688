// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.signaling;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: first it asks for a page or to become a WebSocket, then it speaks y-webrtc. Server thread only. */
final class Client extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Client.class);
    private static final byte[] PONG = "{\"type\":\"pong\"}".getBytes(StandardCharsets.US_ASCII);
    /** How long one that was told goodbye may take to go. */
    private static final int FAREWELL_SECONDS = 2;

    private final Hall hall;
    private final Set<String> topics = new HashSet<>();
    private Channel channel;
    private Callers.Caller caller; // null until it has entered
    private boolean speaking; // WebSocket from now on
    private ScheduledFuture<?> pinging; // null until it speaks
    private boolean ponged = true;
    private boolean gone;

    Client(Hall hall) {
        this.hall = hall;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        hall.came(this);
        if (!hall.settings().behindProxy()
                && !enters(Callers.key(((InetSocketAddress) channel.remoteAddress()).getAddress()))) {
            return;
        }
        channel.eventLoop()
                .schedule(
                        () -> {
                            if (!speaking) {
                                cut(Cuts.Why.NO_REQUEST, "");
                            }
                        },
                        hall.limits().handshake().toMillis(),
                        TimeUnit.MILLISECONDS);
        context.fireChannelActive();
    }

    /** A proxy may ask for one caller after the other over one connection; each request is on the account of its own. */
    private boolean isOf(String address) {
        if (caller != null && caller.address().equals(address)) {
            return true;
        }
        if (caller != null) {
            caller.left();
        }
        return enters(address);
    }

    private boolean enters(String address) {
        caller = hall.callers().enter(address, hall.cuts(), System.nanoTime());
        if (caller == null) {
            gone = true;
            LOG.debug("signaling: turned away {}", address);
            channel.close();
        }
        return caller != null;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (gone) {
                return;
            }
            if (message instanceof FullHttpRequest request) {
                asked(context, request);
            } else if (message instanceof WebSocketFrame frame) {
                said(frame);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    // ---- HTTP ----

    private void asked(ChannelHandlerContext context, FullHttpRequest request) {
        if (hall.settings().behindProxy()
                && !isOf(Callers.forwarded(request.headers().getAll("X-Forwarded-For")))) {
            return;
        }
        if (!request.decoderResult().isSuccess()) {
            answer(HttpResponseStatus.BAD_REQUEST, "not HTTP\n", false);
        } else if (request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)) {
            upgrade(context, request);
        } else {
            page(request);
        }
    }

    private void upgrade(ChannelHandlerContext context, FullHttpRequest request) {
        WebSocketDecoderConfig reading = WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(hall.limits().messageBytes())
                .closeOnProtocolViolation(false)
                .build();
        WebSocketServerHandshaker handshaker =
                new WebSocketServerHandshakerFactory("", null, reading).newHandshaker(request);
        if (handshaker == null) {
            WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(channel);
            return;
        }
        HttpHeaders headers = new DefaultHttpHeaders().set(HttpHeaderNames.DATE, date());
        handshaker.handshake(channel, request, headers, channel.newPromise());
        context.pipeline()
                .addBefore(
                        context.name(),
                        "whole",
                        new WebSocketFrameAggregator(hall.limits().messageBytes()));
        speaking = true;
        long ping = hall.limits().ping().toMillis();
        pinging = channel.eventLoop().scheduleAtFixedRate(this::ping, ping, ping, TimeUnit.MILLISECONDS);
        LOG.debug("signaling: {} linked", channel.remoteAddress());
    }

    private void page(FullHttpRequest request) {
        boolean stays = HttpUtil.isKeepAlive(request);
        if (!caller.maySend(System.nanoTime())) {
            cut(Cuts.Why.TOO_MANY_MESSAGES, "");
            return;
        }
        switch (request.uri()) {
            case "/" -> answer(HttpResponseStatus.OK, "okay", stays);
            case "/health" -> answer(HttpResponseStatus.OK, hall.health(), stays);
            case "/metrics" -> answer(HttpResponseStatus.OK, hall.metrics(), stays);
            default -> answer(HttpResponseStatus.NOT_FOUND, "Here are /health, /metrics and a WebSocket.\n", stays);
        }
    }

    private void answer(HttpResponseStatus status, String text, boolean stays) {
        hall.sent(this, text.length());
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.DATE, date())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        HttpUtil.setContentLength(response, response.content().readableBytes());
        HttpUtil.setKeepAlive(response, stays);
        var written = channel.writeAndFlush(response);
        if (!stays) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    /** Clients whose clock is wrong take the day from it. */
    private static String date() {
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
    }

    // ---- WebSocket ----

    private void said(WebSocketFrame frame) {
        if (!caller.maySend(System.nanoTime())) {
            cut(Cuts.Why.TOO_MANY_MESSAGES, "");
            return;
        }
        switch (frame) {
            case TextWebSocketFrame text -> heard(text.content());
            case BinaryWebSocketFrame bytes -> heard(bytes.content());
            case PingWebSocketFrame ping ->
                send(new PongWebSocketFrame(ping.content().retain()));
            case PongWebSocketFrame pong -> ponged = true;
            case CloseWebSocketFrame goodbye -> {
                gone = true;
                leave();
                channel.writeAndFlush(new CloseWebSocketFrame(
                                true, 0, goodbye.content().retain()))
                        .addListener(ChannelFutureListener.CLOSE);
            }
            default -> throw new IllegalStateException("a frame of no kind: " + frame.getClass());
        }
    }

    private void heard(ByteBuf message) {
        hall.heard();
        Request request;
        try {
            request = Request.parse(ByteBufUtil.getBytes(message));
        } catch (IOException malformed) {
            cut(Cuts.Why.NOT_UNDERSTOOD, message.readableBytes() + " bytes");
            return;
        }
        switch (request) {
            case Request.Subscribe wanted -> wanted.topics().forEach(this::subscribe);
            case Request.Unsubscribe unwanted -> unwanted.topics().forEach(this::unsubscribe);
            case Request.Publish publish -> publish(publish);
            case Request.Ping() -> send(new TextWebSocketFrame(Unpooled.wrappedBuffer(PONG)));
            case Request.Unknown() -> {}
        }
    }

    private void subscribe(String topic) {
        if (gone || topics.contains(topic)) {
            return;
        }
        if (!caller.subscribe(topic)) {
            cut(Cuts.Why.TOO_MANY_TOPICS, "limit " + hall.limits().topicsPerAddress());
            return;
        }
        topics.add(topic);
        hall.topics().subscribe(this, topic);
    }

    private void unsubscribe(String topic) {
        if (topics.remove(topic)) {
            caller.unsubscribe(topic);
            hall.topics().unsubscribe(this, topic);
        }
    }

    private void publish(Request.Publish message) {
        Set<Client> receivers = hall.topics().of(message.topic());
        byte[] told = message.told(receivers.size());
        if (!caller.mayCause((long) told.length * Math.max(1, receivers.size()), System.nanoTime())) {
            cut(Cuts.Why.TOO_MANY_BYTES, told.length + " bytes for " + receivers.size() + " clients");
            return;
        }
        ByteBuf bytes = channel.alloc().directBuffer(told.length).writeBytes(told);
        for (Client receiver : receivers) {
            receiver.send(new TextWebSocketFrame(bytes.retainedDuplicate()));
        }
        bytes.release();
        hall.told(receivers.size(), (long) told.length * receivers.size());
    }

    private void send(WebSocketFrame frame) {
        hall.sent(this, frame.content().readableBytes());
        channel.writeAndFlush(frame);
    }

    /** How many bytes the system has not taken yet. */
    long waiting() {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    /** On whose account it is. */
    String address() {
        return caller == null ? "" : caller.address();
    }

    void later(Runnable task) {
        channel.eventLoop().execute(task);
    }

    /** Gives back at once what is kept for it, since too much is for all together: TLS would say goodbye behind it first. */
    void cutForAll() {
        cut(Cuts.Why.READS_TOO_SLOWLY, "limit " + hall.limits().backlogBytesInAll() + " bytes for all");
        channel.unsafe().close(channel.newPromise());
    }

    private void ping() {
        if (gone) {
            return;
        }
        if (!ponged) {
            cut(Cuts.Why.NO_PONG, "");
            return;
        }
        ponged = false;
        send(new PingWebSocketFrame());
    }

    // ---- the end ----

    /** The server goes; the client will look for it again. */
    void dismiss() {
        if (!gone) {
            gone = true;
            leave();
            goodbye(1001, "the server stops");
        }
    }

    private void cut(Cuts.Why why, String detail) {
        if (gone) {
            return;
        }
        gone = true;
        leave();
        hall.cuts().add(why, detail);
        LOG.debug("signaling: cut off {}: {} {}", channel.remoteAddress(), why.words(), detail);
        goodbye(why.status(), why.words());
    }

    /** What comes meanwhile is thrown away, not left unread: that would take the words back that say why. */
    private void goodbye(int status, String words) {
        if (!speaking || !channel.isWritable()) {
            channel.close();
            return;
        }
        channel.writeAndFlush(new CloseWebSocketFrame(status, words));
        channel.eventLoop().schedule(() -> channel.close(), FAREWELL_SECONDS, TimeUnit.SECONDS);
    }

    private void leave() {
        for (String topic : topics) {
            hall.topics().unsubscribe(this, topic);
            caller.unsubscribe(topic);
        }
        topics.clear();
    }

    /** Told while a message is sent to many: to go in the middle of that would change the many. */
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (!channel.isWritable()) {
            channel.eventLoop()
                    .execute(() -> cut(
                            Cuts.Why.READS_TOO_SLOWLY, "limit " + hall.limits().backlogBytes() + " bytes"));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        gone = true;
        leave();
        if (caller != null) {
            caller.left();
            caller = null;
        }
        if (pinging != null) {
            pinging.cancel(false);
        }
        hall.left(this);
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable why) {
        switch (why) {
            case TooLongFrameException tooLong ->
                cut(Cuts.Why.TOO_LARGE, "limit " + hall.limits().messageBytes() + " bytes");
            case CorruptedWebSocketFrameException broken
            when broken.closeStatus().code() == Cuts.Why.TOO_LARGE.status() ->
                cut(Cuts.Why.TOO_LARGE, "limit " + hall.limits().messageBytes() + " bytes");
            case CorruptedFrameException broken -> cut(Cuts.Why.NOT_WEBSOCKET, "");
            case WebSocketHandshakeException refused ->
                answer(HttpResponseStatus.BAD_REQUEST, "not a WebSocket\n", false);
            case IOException broken -> broke(why);
            case DecoderException broken when broken.getCause() instanceof SSLException -> broke(why);
            default -> {
                LOG.error("signaling: closed a connection", why);
                channel.close();
            }
        }
    }

    private void broke(Throwable why) {
        LOG.debug("signaling: {} broke: {}", channel.remoteAddress(), why.toString());
        channel.close();
    }
}
