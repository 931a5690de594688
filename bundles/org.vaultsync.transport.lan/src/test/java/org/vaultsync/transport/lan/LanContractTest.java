// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.transport.lan;

import org.vaultsync.transport.Transport;
import org.vaultsync.transport.contract.TransportContract;

class LanContractTest extends TransportContract {
    @Override
    protected Transport transport() {
        return new LanTransport(name -> name.equals(LanSettings.PORT) ? "0" : null);
    }
}
