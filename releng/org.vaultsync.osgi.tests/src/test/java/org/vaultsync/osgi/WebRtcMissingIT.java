// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.osgi;

import static org.junit.Assert.assertTrue;

import java.io.IOException;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;

/** Without the native library everything else runs, and it is said what is missing. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class WebRtcMissingIT {
    @Configuration
    public Option[] peer() throws IOException {
        return new Option[] {Headless.peer()};
    }

    @Test
    public void itSaysWhatIsMissing() throws Exception {
        BundleContext framework = FrameworkUtil.getBundle(WebRtcMissingIT.class).getBundleContext();
        Object rooms =
                framework.getService(framework.getAllServiceReferences("org.vaultsync.transport.OpenRooms", null)[0]);
        String trouble = rooms.getClass().getMethod("trouble").invoke(rooms).toString();
        assertTrue(trouble, trouble.contains("install the feature “Vault Sync WebRTC”"));
        assertTrue(trouble, trouble.contains("Sync over the local network works."));
    }
}
