// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.osgi;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
import org.osgi.framework.wiring.FrameworkWiring;

/** The native library of WebRTC is a fragment for each platform, of which the framework takes the one that fits. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class WebRtcIT {
    private static final String ROOMS = "org.vaultsync.transport.OpenRooms";

    @Configuration
    public Option[] peer() throws IOException {
        return new Option[] {Headless.peer(), Headless.webrtc()};
    }

    private static BundleContext framework() {
        return FrameworkUtil.getBundle(WebRtcIT.class).getBundleContext();
    }

    private static Object trouble() throws Exception {
        BundleContext framework = framework();
        Object rooms = framework.getService(framework.getAllServiceReferences(ROOMS, null)[0]);
        return rooms.getClass().getMethod("trouble").invoke(rooms);
    }

    @Test
    public void theLibraryOfThisPlatformIsLoadedAndNoOther() throws Exception {
        assertEquals(Headless.FRAMEWORK, framework().getBundle(0).getSymbolicName());
        assertEquals(Optional.empty(), trouble());
        List<Bundle> others = new ArrayList<>();
        for (Path jar : Headless.webrtcElsewhere()) {
            others.add(framework().installBundle(jar.toUri().toString()));
        }
        assertEquals(4, others.size());
        framework().getBundle(0).adapt(FrameworkWiring.class).resolveBundles(others);
        for (Bundle other : others) {
            assertEquals(other.getSymbolicName(), Bundle.INSTALLED, other.getState());
            other.uninstall();
        }
    }

    @Test
    public void theTransportComesBackAfterARestart() throws Exception {
        Bundle transport = Arrays.stream(framework().getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals("org.vaultsync.transport.webrtc"))
                .findFirst()
                .orElseThrow();
        assertEquals(Optional.empty(), trouble());
        transport.stop();
        assertNull(framework().getAllServiceReferences(ROOMS, null));
        transport.start();
        assertEquals(Optional.empty(), trouble());
    }
}
