// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.core.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.vaultsync.Throughput;

class MeterTest {
    @Test
    void whatWentSinceTheLastTimeIsSharedOutOverIt() {
        Meter meter = new Meter(TimeUnit.SECONDS.toNanos(100));
        meter.sent(5_000);
        meter.received(200);
        assertEquals(Throughput.NONE, meter.last());
        meter.measure(TimeUnit.SECONDS.toNanos(102));
        assertEquals(new Throughput(2_500, 100), meter.last());
        meter.sent(500);
        meter.measure(TimeUnit.MILLISECONDS.toNanos(102_500));
        assertEquals(new Throughput(1_000, 0), meter.last());
        meter.measure(TimeUnit.MILLISECONDS.toNanos(102_500));
        assertEquals(new Throughput(1_000, 0), meter.last(), "no time has passed");
        meter.measure(TimeUnit.SECONDS.toNanos(110));
        assertEquals(Throughput.NONE, meter.last());
        assertEquals(5_500, meter.allSent());
        assertEquals(200, meter.allReceived());
    }
}
