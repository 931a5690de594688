// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Where artifacts come from is the business of whoever builds: their settings say it, no file of the project does. */
class AddressesTest {
    private static final Pattern REGISTRY = Pattern.compile(
            "repo1?[.]maven|(?:oss|central)[.]sonatype|registry[.](?:npmjs|yarnpkg)|plugins[.]gradle|jitpack[.]io"
                    + "|download[.]eclipse[.]org|pkg[.]github|pypi[.]org|(?:deb|security)[.]debian|archive[.]ubuntu"
                    + "|\"resolved\"\\s*:\\s*\"http");

    @Test
    void noFileNamesARegistry() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : Tree.files(Tree.ROOT)) {
            Matcher address = REGISTRY.matcher(Tree.text(file));
            if (address.find()) {
                found.add(Tree.ROOT.relativize(file) + ": " + address.group());
            }
        }
        assertEquals(List.of(), found);
    }
}
