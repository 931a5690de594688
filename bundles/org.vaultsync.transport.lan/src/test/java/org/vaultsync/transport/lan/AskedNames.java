// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Looks up names and addresses as ever, and keeps for which addresses a name was wanted. Java finds it by itself. */
public final class AskedNames extends InetAddressResolverProvider {
    /** The addresses, as text. */
    static final Set<String> OF = ConcurrentHashMap.newKeySet();

    @Override
    public InetAddressResolver get(Configuration java) {
        InetAddressResolver usual = java.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                return usual.lookupByName(host, policy);
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                OF.add(InetAddress.getByAddress(address).getHostAddress());
                return usual.lookupByAddress(address);
            }
        };
    }

    @Override
    public String name() {
        return "asked names";
    }
}
