// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;

/**
 * Loads GraalJS, which cannot be a bundle: it looks into the JDK where a bundle's loader does not let it. The platform
 * loader is above it, so it sees neither the framework nor the host. The few classes of ours that speak to it are
 * defined here from the bundle's bytes; what they share with the bundle comes from the bundle.
 */
final class GraalLoader extends URLClassLoader {
    static {
        registerAsParallelCapable();
    }

    private static final String SHARED = "org.vaultsync.crdt.";
    private static final String GUEST = GraalLoader.class.getPackageName() + ".guest.";

    private final ClassLoader bundle;

    GraalLoader(URL[] jars, ClassLoader bundle) {
        super("vaultsync-graaljs", jars, ClassLoader.getPlatformClassLoader());
        this.bundle = bundle;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (name.startsWith(GUEST)) {
            byte[] code = read(name);
            return defineClass(name, code, 0, code.length);
        }
        if (name.startsWith(SHARED)) {
            return bundle.loadClass(name);
        }
        return super.findClass(name);
    }

    private byte[] read(String name) throws ClassNotFoundException {
        try (InputStream in = bundle.getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
