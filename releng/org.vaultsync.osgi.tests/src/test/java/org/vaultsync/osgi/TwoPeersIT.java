// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.osgi;

import static org.junit.Assert.assertEquals;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
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
import org.osgi.framework.launch.Framework;
import org.osgi.util.tracker.ServiceTracker;

/** Two peers, each in a framework of its own: one in that of the test, the other in a second one of the same make. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class TwoPeersIT {
    private static final String UNIT = "{\"name\":\"Locust\",\"tonnage\":20}";

    @Configuration
    public Option[] peer() throws IOException {
        List<Option> options = new ArrayList<>(List.of(Headless.peer()));
        home().forEach((name, value) -> options.add(frameworkProperty(name).value(value)));
        return options.toArray(Option[]::new);
    }

    private static Map<String, String> home() throws IOException {
        return Map.of(
                "vaultsync.home",
                Headless.folder().toString(),
                "vaultsync.lan.port",
                "0",
                "vaultsync.lan.bind",
                "127.0.0.1");
    }

    @Test
    public void anEditOfEitherShowsAtTheOther() throws Exception {
        BundleContext context = FrameworkUtil.getBundle(TwoPeersIT.class).getBundleContext();
        assertEquals(Headless.FRAMEWORK, context.getBundle(0).getSymbolicName());
        HeadlessHost anna = new HeadlessHost();
        anna.start(context);
        Framework second = secondFramework();
        try {
            Function<String, String> ben = host(second);
            String room = anna.apply("create Friday");
            ben.apply("join " + anna.apply("invite " + room));
            anna.apply("save u1 " + UNIT);
            anna.apply("share " + room + " u1");
            until(ben, "content u1", UNIT);
            ben.apply("save u1 " + UNIT.replace("20", "25"));
            until(anna, "content u1", UNIT.replace("20", "25"));
            until(anna, "badge u1", "SYNCED");
            until(ben, "badge u1", "SYNCED");
        } finally {
            second.stop();
            second.waitForStop(20_000);
            anna.stop(context);
        }
    }

    /** Each time the other side edits meanwhile. What sync puts is counted: an edit of one, and nothing else, at the other. */
    @Test
    public void aHostThatIsStoppedRestartedAndUpdatedLosesNothingAndEchoesNothing() throws Exception {
        BundleContext context = FrameworkUtil.getBundle(TwoPeersIT.class).getBundleContext();
        HeadlessHost anna = new HeadlessHost();
        anna.start(context);
        Framework second = secondFramework();
        try {
            Function<String, String> ben = host(second);
            String room = anna.apply("create Saturday");
            ben.apply("join " + anna.apply("invite " + room));
            anna.apply("save u2 {\"anna\":0,\"ben\":0}");
            anna.apply("share " + room + " u2");
            until(ben, "content u2", "{\"anna\":0,\"ben\":0}");
            int puts = Integer.parseInt(anna.apply("puts"));

            Bundle host = bundle(second, "headless-host");
            host.stop();
            anna.apply("save u2 {\"anna\":1,\"ben\":0}");
            host.start();
            ben = host(second);
            until(ben, "content u2", "{\"anna\":1,\"ben\":0}");
            ben.apply("save u2 {\"anna\":1,\"ben\":1}");
            until(anna, "content u2", "{\"anna\":1,\"ben\":1}");
            assertEquals("1", ben.apply("puts"));
            assertEquals(String.valueOf(puts + 1), anna.apply("puts"));

            host.update(hostBundle());
            ben = host(second);
            ben.apply("save u2 {\"anna\":1,\"ben\":2}");
            until(anna, "content u2", "{\"anna\":1,\"ben\":2}");
            assertEquals("0", ben.apply("puts"));
            assertEquals(String.valueOf(puts + 2), anna.apply("puts"));

            // Sync goes away while both write; the host saves from what it started from.
            Bundle core = bundle(second, "org.vaultsync.core");
            core.stop();
            ben.apply("save u2 {\"anna\":1,\"ben\":3}");
            ben.apply("save u2 {\"anna\":1,\"ben\":4}");
            anna.apply("save u2 {\"anna\":2,\"ben\":2}");
            core.start();
            until(anna, "content u2", "{\"anna\":2,\"ben\":4}");
            until(ben, "content u2", "{\"anna\":2,\"ben\":4}");
            until(anna, "badge u2", "SYNCED");
            until(ben, "badge u2", "SYNCED");
            assertEquals("1", ben.apply("puts"));
            assertEquals(String.valueOf(puts + 3), anna.apply("puts"));
        } finally {
            second.stop();
            second.waitForStop(20_000);
            anna.stop(context);
        }
    }

    private static Bundle bundle(Framework framework, String name) {
        return Arrays.stream(framework.getBundleContext().getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void until(Function<String, String> host, String order, String expected) {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!host.apply(order).equals(expected) && System.nanoTime() < end) {
            LockSupport.parkNanos(5_000_000);
        }
        assertEquals(expected, host.apply(order));
    }

    private static Framework secondFramework() throws Exception {
        Framework framework = Headless.framework(home(), Headless.jars());
        framework
                .getBundleContext()
                .installBundle("headless-host", hostBundle())
                .start();
        return framework;
    }

    @SuppressWarnings("unchecked")
    private static Function<String, String> host(Framework framework) throws InterruptedException {
        ServiceTracker<?, ?> hosts = new ServiceTracker<>(framework.getBundleContext(), Function.class, null);
        hosts.open();
        return (Function<String, String>) hosts.waitForService(60_000);
    }

    /** A bundle of the one class that is the host. */
    private static InputStream hostBundle() throws IOException {
        Manifest manifest = new Manifest();
        Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue("Bundle-ManifestVersion", "2");
        headers.putValue("Bundle-SymbolicName", "headless-host");
        headers.putValue("Bundle-Activator", HeadlessHost.class.getName());
        headers.putValue(
                "Import-Package", "org.osgi.framework,org.osgi.util.tracker,org.vaultsync,org.vaultsync.vault");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String path = HeadlessHost.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream jar = new JarOutputStream(bytes, manifest);
                InputStream code = HeadlessHost.class.getClassLoader().getResourceAsStream(path)) {
            jar.putNextEntry(new JarEntry(path));
            code.transferTo(jar);
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }
}
