// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.proxies;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import org.eclipse.core.net.proxy.IProxyData;
import org.eclipse.core.net.proxy.IProxyService;
import org.eclipse.core.runtime.ILog;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The proxies of <em>Preferences › General › Network Connections</em>, the system's among them where that page says so. There
 * only in an application that has org.eclipse.core.net. Thread-safe.
 */
@Component(service = ProxySelector.class)
public final class EclipseProxies extends ProxySelector {
    private static final List<Proxy> DIRECT = List.of(Proxy.NO_PROXY);

    private final IProxyService eclipse;

    @Activate
    public EclipseProxies(@Reference IProxyService eclipse) {
        this.eclipse = eclipse;
    }

    @Override
    public List<Proxy> select(URI address) {
        if (!eclipse.isProxiesEnabled()) {
            return DIRECT;
        }
        List<Proxy> proxies = Arrays.stream(eclipse.select(address))
                .filter(data -> data.getHost() != null && !data.getType().equals(IProxyData.SOCKS_PROXY_TYPE))
                .map(data -> new Proxy(
                        Proxy.Type.HTTP,
                        InetSocketAddress.createUnresolved(data.getHost(), data.getPort() < 0 ? 80 : data.getPort())))
                .toList();
        return proxies.isEmpty() ? DIRECT : proxies;
    }

    @Override
    public void connectFailed(URI address, SocketAddress proxy, IOException why) {
        ILog.of(EclipseProxies.class).info("a proxy is not reached: " + why.getMessage());
    }
}
