// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The script that the bundle has, loaded by nothing of ours. */
class ScriptAloneTest {
    private static final Path SCRIPT = Lab.LIB.resolve("replica.js");

    @Test
    void aPlainContextOfGraalJsCanUseIt() throws Exception {
        URL[] jars = GraalJars.in(Lab.LIB, "replica.js").jars();
        try (URLClassLoader graaljs = new URLClassLoader(jars, ClassLoader.getPlatformClassLoader())) {
            Class<?> builder = graaljs.loadClass("org.graalvm.polyglot.Context$Builder");
            Class<?> context = graaljs.loadClass("org.graalvm.polyglot.Context");
            Object building =
                    context.getMethod("newBuilder", String[].class).invoke(null, (Object) new String[] {"js"});
            building = builder.getMethod("option", String.class, String.class)
                    .invoke(building, "engine.WarnInterpreterOnly", "false");
            try (AutoCloseable js = (AutoCloseable) builder.getMethod("build").invoke(building)) {
                eval(context, js, Files.readString(SCRIPT));
                assertEquals(
                        "{\"t\":\"alone\"}",
                        eval(
                                context,
                                js,
                                "const one = new replica.Y.Doc(), other = new replica.Y.Doc();"
                                        + "one.getText('t').insert(0, 'alone'); other.getText('t');"
                                        + "replica.Y.applyUpdate(other, replica.Y.encodeStateAsUpdate(one));"
                                        + "JSON.stringify(other.toJSON())"));
            }
        }
    }

    private static String eval(Class<?> context, Object js, String code) throws ReflectiveOperationException {
        return context.getMethod("eval", String.class, CharSequence.class)
                .invoke(js, "js", code)
                .toString();
    }

    @Test
    void itHasAllThatThePackagesHave() throws Exception {
        Process node = new ProcessBuilder("node", "src/test/js/alone.mjs", SCRIPT.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, node.waitFor(), said);
        assertTrue(said.matches("\\d+ exports of Yjs\\s+"), said);
    }
}
