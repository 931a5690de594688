// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.trials;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the build has made.
 *
 * @param hangar the folder of the Hangar product for this platform, without sync
 * @param site the update site
 * @param robot the bundle that drives a host
 */
record Built(Path hangar, Path site, Path robot) {
    /** Finds it below the folder of the project. */
    static Built in(Path project) throws IOException {
        Path releng = project.resolve("releng").toRealPath();
        Path products = releng.resolve("org.vaultsync.hangar.product/target/products/org.vaultsync.hangar.product");
        return new Built(
                products.resolve(
                        System.getProperty("os.name").startsWith("Mac")
                                ? "macosx/cocoa/aarch64/hangar.app/Contents/Eclipse"
                                : "linux/gtk/x86_64/hangar"),
                releng.resolve("org.vaultsync.site/target/repository"),
                robot(releng.resolve("org.vaultsync.robot/target")));
    }

    private static Path robot(Path target) throws IOException {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, "org.vaultsync.robot-*.jar")) {
            for (Path jar : jars) {
                if (!jar.toString().endsWith("-sources.jar")) {
                    return jar;
                }
            }
        }
        throw new IOException("not built: the robot in " + target);
    }
}
