// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** The jars of GraalJS and the script, as files. */
final class GraalJars {
    private final Source source;
    private final String script;

    /** Where they come from; asked when JavaScript is first needed. */
    private interface Source {
        Path folder() throws IOException;
    }

    private GraalJars(Source source, String script) {
        this.source = source;
        this.script = script;
    }

    /** Unpacked from a bundle into its data area, once for each state of the bundle. */
    static GraalJars of(BundleContext context) {
        return new GraalJars(() -> unpack(context), "replica.js");
    }

    /**
     * A folder that has them.
     *
     * @param script relative to the folder
     */
    static GraalJars in(Path folder, String script) {
        return new GraalJars(() -> folder, script);
    }

    private static Path unpack(BundleContext context) throws IOException {
        Bundle bundle = context.getBundle();
        File area = context.getDataFile("graaljs-" + bundle.getLastModified());
        Path folder = area != null ? area.toPath() : Files.createTempDirectory("vaultsync-graaljs");
        Path done = folder.resolve("complete");
        if (Files.exists(done)) {
            return folder;
        }
        Files.createDirectories(folder);
        for (URL entry : Collections.list(bundle.findEntries("lib", "*", false))) {
            String path = entry.getPath();
            if (path.endsWith("/")) {
                continue;
            }
            try (InputStream in = entry.openStream()) {
                Path file = folder.resolve(path.substring(path.lastIndexOf('/') + 1));
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.createFile(done);
        return folder;
    }

    URL[] jars() throws IOException {
        List<URL> urls = new ArrayList<>();
        try (var files = Files.newDirectoryStream(source.folder(), "*.jar")) {
            for (Path file : files) {
                urls.add(file.toUri().toURL());
            }
        }
        if (urls.isEmpty()) {
            throw new IOException("GraalJS is missing in " + source.folder());
        }
        return urls.toArray(URL[]::new);
    }

    String script() throws IOException {
        return Files.readString(source.folder().resolve(script), StandardCharsets.UTF_8);
    }
}
