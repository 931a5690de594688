// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal.guest;

import java.io.OutputStream;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.HostAccess;
import org.graalvm.polyglot.PolyglotAccess;
import org.graalvm.polyglot.ResourceLimits;
import org.graalvm.polyglot.SandboxPolicy;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.io.IOAccess;
import org.vaultsync.crdt.graal.Guest;
import org.vaultsync.crdt.graal.GuestRuntime;

/** GraalJS behind an interface that the bundle knows. Loaded by a loader of its own, and made by name. */
public final class PolyglotRuntime implements GuestRuntime {
    private final Engine engine;
    private final Source script;
    private final ResourceLimits limits;
    private final Watch watch = new Watch();
    private final HostAccess buffersOnly =
            HostAccess.newBuilder(HostAccess.NONE).allowBufferAccess(true).build();

    public PolyglotRuntime(String script, long mostStatements) {
        this.limits =
                ResourceLimits.newBuilder().statementLimit(mostStatements, null).build();
        this.engine = Engine.newBuilder("js")
                .sandbox(SandboxPolicy.TRUSTED)
                .option("engine.WarnInterpreterOnly", "false")
                .out(OutputStream.nullOutputStream())
                .err(OutputStream.nullOutputStream())
                .build();
        System.getLogger(PolyglotRuntime.class.getName())
                .log(
                        System.Logger.Level.INFO,
                        engine.getImplementationName().startsWith("Interpreted")
                                ? "graaljs: Yjs runs interpreted"
                                : "graaljs: Yjs runs compiled");
        this.script = Source.newBuilder("js", script, "replica.js").cached(true).buildLiteral();
    }

    @Override
    public Guest open() {
        Context context = Context.newBuilder("js")
                .engine(engine)
                .allowExperimentalOptions(true)
                .resourceLimits(limits)
                .allowHostAccess(buffersOnly)
                .allowPolyglotAccess(PolyglotAccess.NONE)
                .allowIO(IOAccess.NONE)
                .allowCreateProcess(false)
                .allowCreateThread(false)
                .allowNativeAccess(false)
                .allowHostClassLoading(false)
                .option("js.ecmascript-version", "2023")
                .option("js.text-encoding", "true")
                .option("js.load", "false")
                .option("js.print", "false")
                .option("js.console", "false")
                .option("js.graal-builtin", "false")
                .option("js.allow-eval", "false")
                .option("js.shared-array-buffer", "false")
                .option("js.atomics", "false")
                .build();
        context.eval(script);
        return new PolyglotGuest(context, watch);
    }

    @Override
    public void close() {
        watch.close();
        engine.close(true);
    }
}
