// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal.guest;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Value;
import org.vaultsync.crdt.graal.Guest;
import org.vaultsync.crdt.graal.GuestException;

/** A context with the script in it. */
final class PolyglotGuest implements Guest {
    private final Context context;
    private final Watch watch;
    private final Value script;
    private final Value newBytes;

    PolyglotGuest(Context context, Watch watch) {
        this.context = context;
        this.watch = watch;
        this.script = context.getBindings("js").getMember("replica");
        this.newBytes = script.getMember("bytesFrom");
    }

    @Override
    public Object[] callWithin(Duration most, String function, Object... arguments) throws GuestException {
        Watch.Turn turn = watch.begin(context, most);
        try {
            return call(function, arguments);
        } finally {
            turn.end();
        }
    }

    @Override
    public Object[] call(String function, Object... arguments) throws GuestException {
        try {
            context.resetLimits();
            Object[] passed = new Object[arguments.length];
            for (int i = 0; i < arguments.length; i++) {
                // a copy: an array over host memory would be read by a slow path, byte by byte
                passed[i] = arguments[i] instanceof byte[] bytes
                        ? newBytes.execute(ByteBuffer.wrap(bytes), bytes.length)
                        : arguments[i];
            }
            Value results = script.getMember(function).execute(passed);
            Object[] given = new Object[(int) results.getArraySize()];
            for (int i = 0; i < given.length; i++) {
                given[i] = toJava(results.getArrayElement(i));
            }
            return given;
        } catch (PolyglotException e) {
            boolean lost = e.isCancelled() || e.isExit() || e.isInternalError() || e.isResourceExhausted();
            throw new GuestException(describe(e), lost, e);
        } catch (IllegalStateException e) {
            throw new GuestException("the context is closed", true, e);
        }
    }

    private static String describe(PolyglotException e) {
        if (e.isResourceExhausted()) {
            return "a limit was hit: " + e.getMessage();
        }
        if (e.isInterrupted()) {
            return "it took too long and was stopped";
        }
        return String.valueOf(e.getMessage());
    }

    private static Object toJava(Value value) {
        if (value.isNull()) {
            return null;
        }
        if (value.isString()) {
            return value.asString();
        }
        if (value.isNumber()) {
            return value.asDouble();
        }
        byte[] bytes = new byte[value.getMember("byteLength").asInt()];
        value.getMember("buffer").readBuffer(value.getMember("byteOffset").asLong(), bytes, 0, bytes.length);
        return bytes;
    }

    @Override
    public void close() {
        context.close(true);
    }
}
