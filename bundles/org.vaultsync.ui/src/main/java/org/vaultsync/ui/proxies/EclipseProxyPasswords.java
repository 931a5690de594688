// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.ui.proxies;

import java.net.Authenticator;
import java.net.PasswordAuthentication;
import java.net.URISyntaxException;
import java.util.Arrays;
import org.eclipse.core.net.proxy.IProxyService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The names and passwords that <em>Preferences › General › Network Connections</em> has for proxies. Asks nobody. Thread-safe. */
@Component(service = Authenticator.class)
public final class EclipseProxyPasswords extends Authenticator {
    private final IProxyService eclipse;

    @Activate
    public EclipseProxyPasswords(@Reference IProxyService eclipse) {
        this.eclipse = eclipse;
    }

    @Override
    protected PasswordAuthentication getPasswordAuthentication() {
        if (getRequestorType() != RequestorType.PROXY) {
            return null;
        }
        try {
            return Arrays.stream(eclipse.select(getRequestingURL().toURI()))
                    .filter(data -> getRequestingHost().equals(data.getHost())
                            && data.getUserId() != null
                            && data.getPassword() != null)
                    .map(data -> new PasswordAuthentication(
                            data.getUserId(), data.getPassword().toCharArray()))
                    .findFirst()
                    .orElse(null);
        } catch (URISyntaxException none) {
            return null;
        }
    }
}
