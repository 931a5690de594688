// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sync with WebRTC goes into the Hangar of each platform, as p2 resolves it there, and brings its native library alone. */
@Execution(ExecutionMode.CONCURRENT)
class PlatformsIT {
    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "linux,  gtk,   x86_64,  hangar,                       linux.x86_64,   libwebrtc-java-linux-x86_64.so",
        "win32,  win32, x86_64,  hangar,                       win32.x86_64,   webrtc-java-windows-x86_64.dll",
        "macosx, cocoa, aarch64, hangar.app/Contents/Eclipse,  macosx.aarch64, libwebrtc-java-macos-aarch64.dylib"
    })
    void theNativeLibraryOfThePlatformLands(
            String os, String ws, String arch, String root, String fragment, String library) throws IOException {
        Built built = Built.in(Path.of(System.getProperty("root")));
        Path product = built.hangar().resolve("../../../..").normalize().resolve(Path.of(os, ws, arch, root));
        Installation hangar =
                Installation.copy(new Built(product, built.site(), built.robot()), folder.resolve("hangar"));

        hangar.installFor(
                os, ws, arch, "org.vaultsync.feature.feature.group", "org.vaultsync.webrtc.feature.feature.group");

        assertEquals(
                List.of("org.vaultsync.core", "org.vaultsync.transport.webrtc", "org.vaultsync.ui"),
                plugins(hangar)
                        .filter(name -> name.matches("org.vaultsync.(core|transport.webrtc|ui)_.*"))
                        .map(name -> name.replaceFirst("_.*", ""))
                        .toList());
        List<Path> natives = plugins(hangar)
                .filter(name -> name.startsWith("dev.onvoid.webrtc."))
                .map(hangar.folder().resolve("plugins")::resolve)
                .toList();
        assertEquals(1, natives.size(), natives::toString);
        assertEquals(
                "dev.onvoid.webrtc." + fragment,
                natives.getFirst().getFileName().toString().replaceFirst("_[0-9]+[.].*", ""));
        try (ZipFile jar = new ZipFile(natives.getFirst().toFile())) {
            assertEquals(
                    List.of(library),
                    jar.stream()
                            .map(ZipEntry::getName)
                            .filter(name -> name.matches(".*[.](so|dll|dylib)"))
                            .toList());
        }
        String bundles = Files.readString(
                hangar.folder().resolve("configuration/org.eclipse.equinox.simpleconfigurator/bundles.info"));
        assertEquals(
                List.of("dev.onvoid.webrtc", "dev.onvoid.webrtc." + fragment),
                bundles.lines()
                        .map(line -> line.replaceFirst(",.*", ""))
                        .filter(name -> name.startsWith("dev.onvoid"))
                        .sorted()
                        .toList());
    }

    private static Stream<String> plugins(Installation hangar) throws IOException {
        try (Stream<Path> files = Files.list(hangar.folder().resolve("plugins"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
        }
    }
}
