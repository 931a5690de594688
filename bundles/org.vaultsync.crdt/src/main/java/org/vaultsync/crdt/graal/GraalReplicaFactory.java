// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.vaultsync.crdt.DocumentKind;
import org.vaultsync.crdt.EngineException;
import org.vaultsync.crdt.InvalidContentException;
import org.vaultsync.crdt.Replica;
import org.vaultsync.crdt.ReplicaEngine;
import org.vaultsync.crdt.ReplicaException;
import org.vaultsync.crdt.ReplicaFactory;
import org.vaultsync.crdt.TextFields;

/** Replicas by Yjs in GraalJS. One engine of GraalJS is shared, so that the script is parsed and warmed up once. */
@Component
public final class GraalReplicaFactory implements ReplicaFactory {
    /**
     * More than anything takes that people do, about a minute interpreted; an update that takes more is hostile. Not a
     * limit of CPU time: the JVM does not measure it for virtual threads.
     */
    private static final long MOST_STATEMENTS = 500_000_000;

    private final GraalJars jars;
    private final long mostStatements;
    private final SecureRandom random = new SecureRandom();
    private final AtomicBoolean warm = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();
    private GraalLoader loader; // under the lock
    private GuestRuntime runtime; // under the lock
    private boolean closed; // under the lock

    @Activate
    public GraalReplicaFactory(BundleContext context) {
        this(GraalJars.of(context), MOST_STATEMENTS);
    }

    GraalReplicaFactory(GraalJars jars, long mostStatements) {
        this.jars = jars;
        this.mostStatements = mostStatements;
    }

    /**
     * For use outside a framework.
     *
     * @param folder has the jars of GraalJS and {@code replica.js}
     */
    public static GraalReplicaFactory from(Path folder) {
        return new GraalReplicaFactory(GraalJars.in(folder, "replica.js"), MOST_STATEMENTS);
    }

    @Override
    public ReplicaEngine openEngine(TextFields textFields) {
        return new GraalReplicaEngine(this::openGuest, textFields);
    }

    @Override
    public void warmUp() {
        if (!warm.compareAndSet(false, true)) {
            return;
        }
        try (ReplicaEngine engine = openEngine();
                Replica replica = engine.open(DocumentKind.ITEM, freshClientId(), List.of())) {
            // The first write into a document is made in Java, the second by Yjs.
            replica.edit("{}", "{\"content\":{\"name\":\"a\"}}");
            replica.edit("{\"content\":{\"name\":\"a\"}}", "{\"content\":{\"name\":\"b\"}}");
        } catch (ReplicaException | InvalidContentException cold) {
            System.getLogger(GraalReplicaFactory.class.getName())
                    .log(System.Logger.Level.DEBUG, "graaljs: not warmed up", cold);
        }
    }

    @Override
    public long freshClientId() {
        return Integer.toUnsignedLong(random.nextInt());
    }

    /** A new context; loads GraalJS when it is the first. */
    Guest openGuest() throws ReplicaException {
        lock.lock();
        try {
            if (closed) {
                throw new EngineException("the bundle of the replicas was stopped");
            }
            if (runtime == null) {
                loader = new GraalLoader(jars.jars(), GraalReplicaFactory.class.getClassLoader());
                runtime = (GuestRuntime) loader.loadClass("org.vaultsync.crdt.graal.guest.PolyglotRuntime")
                        .getConstructor(String.class, long.class)
                        .newInstance(jars.script(), mostStatements);
            }
            return runtime.open();
        } catch (IOException | ReflectiveOperationException | LinkageError | RuntimeException e) {
            throw new EngineException("GraalJS could not be loaded", e);
        } finally {
            lock.unlock();
        }
    }

    @Deactivate
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (runtime != null) {
                runtime.close();
                loader.close();
            }
        } catch (IOException e) {
            System.getLogger(GraalReplicaFactory.class.getName())
                    .log(System.Logger.Level.DEBUG, "graaljs: jars not closed", e);
        } finally {
            lock.unlock();
        }
    }
}
