// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.List;
import org.eclipse.core.net.proxy.IProxyData;
import org.eclipse.core.net.proxy.IProxyService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.util.tracker.ServiceTracker;

/** The real proxy preferences of Eclipse, as those that connect get them. */
class ProxiesTest {
    private static final URI SERVER = URI.create("https://signaling.example:4444");

    private ServiceTracker<IProxyService, IProxyService> eclipse;
    private ServiceTracker<ProxySelector, ProxySelector> selectors;
    private IProxyService preferences;
    private ProxySelector selector;

    @BeforeEach
    void find() throws Exception {
        Bundle net = FrameworkUtil.getBundle(IProxyService.class);
        net.start(Bundle.START_TRANSIENT);
        eclipse = new ServiceTracker<>(
                FrameworkUtil.getBundle(ProxiesTest.class).getBundleContext(), IProxyService.class, null);
        eclipse.open();
        preferences = eclipse.waitForService(60_000);
        selectors = new ServiceTracker<>(
                FrameworkUtil.getBundle(ProxiesTest.class).getBundleContext(), ProxySelector.class, null);
        selectors.open();
        selector = selectors.waitForService(60_000);
    }

    @AfterEach
    void putBack() throws Exception {
        IProxyData none = preferences.getProxyData(IProxyData.HTTPS_PROXY_TYPE);
        none.setHost(null);
        none.setPort(-1);
        none.setUserid(null);
        none.setPassword(null);
        preferences.setProxyData(new IProxyData[] {none});
        preferences.setSystemProxiesEnabled(true);
        preferences.setProxiesEnabled(true);
        selectors.close();
        eclipse.close();
    }

    @Test
    void givesTheNameAndThePasswordOfAProxyToWhoAsksForThatProxy() throws Exception {
        preferences.setSystemProxiesEnabled(false);
        preferences.setProxiesEnabled(true);
        IProxyData https = preferences.getProxyData(IProxyData.HTTPS_PROXY_TYPE);
        https.setHost("proxy.example");
        https.setPort(3128);
        https.setUserid("anna");
        https.setPassword("secret");
        preferences.setProxyData(new IProxyData[] {https});
        ServiceTracker<Authenticator, Authenticator> passwords = new ServiceTracker<>(
                FrameworkUtil.getBundle(ProxiesTest.class).getBundleContext(), Authenticator.class, null);
        passwords.open();
        try {
            Authenticator asked = passwords.waitForService(60_000);
            PasswordAuthentication known = ask(asked, "proxy.example", Authenticator.RequestorType.PROXY);
            assertEquals("anna", known.getUserName());
            assertEquals("secret", new String(known.getPassword()));
            assertNull(ask(asked, "other.example", Authenticator.RequestorType.PROXY));
            assertNull(ask(asked, "proxy.example", Authenticator.RequestorType.SERVER));
        } finally {
            passwords.close();
        }
    }

    private static PasswordAuthentication ask(Authenticator asked, String host, Authenticator.RequestorType what)
            throws Exception {
        return Authenticator.requestPasswordAuthentication(
                asked, host, null, 3128, "http", "", "basic", SERVER.toURL(), what);
    }

    @Test
    void givesWhatThePreferencesSay() throws Exception {
        preferences.setSystemProxiesEnabled(false);
        preferences.setProxiesEnabled(true);
        IProxyData https = preferences.getProxyData(IProxyData.HTTPS_PROXY_TYPE);
        https.setHost("proxy.example");
        https.setPort(3128);
        preferences.setProxyData(new IProxyData[] {https});
        assertEquals(
                List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved("proxy.example", 3128))),
                selector.select(SERVER));
        preferences.setNonProxiedHosts(new String[] {"signaling.example"});
        assertEquals(List.of(Proxy.NO_PROXY), selector.select(SERVER));
        preferences.setNonProxiedHosts(new String[] {"localhost", "127.0.0.1"});
        preferences.setProxiesEnabled(false);
        assertEquals(List.of(Proxy.NO_PROXY), selector.select(SERVER));
    }
}
