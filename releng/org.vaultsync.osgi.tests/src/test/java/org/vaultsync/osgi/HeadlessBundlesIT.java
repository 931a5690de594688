// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.osgi;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWiring;

@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class HeadlessBundlesIT {
    @Configuration
    public Option[] peer() throws IOException {
        return new Option[] {Headless.peer()};
    }

    @Test
    public void theFrameworkIsTheOneThisRunIsAbout() {
        assertEquals(Headless.FRAMEWORK, framework().getBundle(0).getSymbolicName());
    }

    @Test
    public void everyBundleOfOursIsActive() {
        assertEquals(
                new TreeSet<>(Headless.OURS),
                Arrays.stream(framework().getBundles())
                        .filter(bundle -> bundle.getSymbolicName().startsWith("org.vaultsync."))
                        .filter(bundle -> bundle.getState() == Bundle.ACTIVE)
                        .map(Bundle::getSymbolicName)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    public void theReplicaNeedsNoOtherBundleOfOurs() {
        Bundle replica = Arrays.stream(framework().getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals("org.vaultsync.crdt"))
                .findFirst()
                .orElseThrow();
        assertEquals(
                List.of(),
                replica.adapt(BundleWiring.class).getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE).stream()
                        .map(wire -> wire.getProvider().getSymbolicName())
                        .filter(name -> name.startsWith("org.vaultsync."))
                        .toList());
    }

    /** By reflection: the test is a bundle that imports nothing of ours. The second edit is the first that needs Yjs. */
    @Test
    public void javaScriptRunsInThisFrameworkAndItIsSaidHow() throws Exception {
        List<String> said = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger("org.vaultsync.crdt.graal.guest.PolyglotRuntime");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                said.add(line.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            runJavaScript();
        } finally {
            logger.removeHandler(handler);
        }
        assertEquals(List.of("graaljs: Yjs runs " + runtime()), said);
    }

    /** What this run was started for; the compiler does not take every JVM that starts with it. */
    private static String runtime() {
        boolean compiler =
                Boolean.getBoolean("compiler") && Runtime.version().compareTo(Runtime.Version.parse("25.0.3")) >= 0;
        return compiler ? "compiled" : "interpreted";
    }

    private static void runJavaScript() throws Exception {
        Object factory = framework()
                .getService(framework().getAllServiceReferences("org.vaultsync.crdt.ReplicaFactory", null)[0]);
        ClassLoader crdt = factory.getClass().getClassLoader();
        Class<?> kind = crdt.loadClass("org.vaultsync.crdt.DocumentKind");
        Class<?> engine = crdt.loadClass("org.vaultsync.crdt.ReplicaEngine");
        Class<?> replica = crdt.loadClass("org.vaultsync.crdt.Replica");
        Object opened = crdt.loadClass("org.vaultsync.crdt.ReplicaFactory")
                .getMethod("openEngine")
                .invoke(factory);
        Object document = engine.getMethod("open", kind, long.class, List.class)
                .invoke(opened, kind.getField("ITEM").get(null), 5L, List.of());
        for (String content : List.of("{\"a\":1}", "{\"a\":[2]}")) {
            String present = (String) replica.getMethod("json").invoke(document);
            replica.getMethod("edit", String.class, String.class)
                    .invoke(
                            document,
                            present,
                            present.replaceFirst("\"content\":.*?,\"meta", "\"content\":" + content + ",\"meta"));
        }
        assertEquals(
                "{\"attachments\":{},\"content\":{\"a\":[2]},\"meta\":{},\"refs\":{}}",
                replica.getMethod("json").invoke(document));
        engine.getMethod("close").invoke(opened);
    }

    // Not a field: this class is also made outside of the framework, to ask it for its configuration.
    private static BundleContext framework() {
        return FrameworkUtil.getBundle(HeadlessBundlesIT.class).getBundleContext();
    }
}
