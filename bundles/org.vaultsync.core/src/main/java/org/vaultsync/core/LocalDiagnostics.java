// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.vaultsync.Diagnosis;
import org.vaultsync.Diagnostics;
import org.vaultsync.Finding;
import org.vaultsync.Trouble;
import org.vaultsync.core.doctor.Doctor;
import org.vaultsync.core.doctor.Report;

/** The doctor of this device, as a service. */
@Component
public final class LocalDiagnostics implements Diagnostics {
    private final LocalVaultSync sync;
    private final String version;

    @Activate
    public LocalDiagnostics(BundleContext context, @Reference LocalVaultSync sync) {
        this(sync, context.getBundle().getVersion().toString());
    }

    /** Outside a framework. */
    LocalDiagnostics(LocalVaultSync sync, String version) {
        this.sync = sync;
        this.version = version;
    }

    @Override
    public CompletionStage<Diagnosis> check() {
        return sync.once(rooms -> rooms.checkup().diagnose(version, sync.setAside()))
                .exceptionally(failed -> {
                    Instant now = Instant.now();
                    List<Finding> findings = List.of(Doctor.cannotStart(sync.troubles().stream()
                            .findFirst()
                            .orElseGet(() ->
                                    Trouble.other("Sync cannot be checked at the moment. " + failed.getMessage()))));
                    return new Diagnosis(
                            now, findings, Report.of(now, version, Optional.empty(), List.of(), findings, List.of()));
                });
    }
}
