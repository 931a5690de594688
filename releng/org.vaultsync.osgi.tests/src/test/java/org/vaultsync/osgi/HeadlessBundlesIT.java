// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.osgi;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.util.Arrays;
import java.util.TreeSet;
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

    // Not a field: this class is also made outside of the framework, to ask it for its configuration.
    private static BundleContext framework() {
        return FrameworkUtil.getBundle(HeadlessBundlesIT.class).getBundleContext();
    }
}
