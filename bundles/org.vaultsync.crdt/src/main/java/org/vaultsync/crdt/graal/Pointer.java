// SPDX-License-Identifier: EPL-2.0
package org.vaultsync.crdt.graal;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** JSON Pointers of RFC 6901. */
final class Pointer {
    private Pointer() {}

    static String of(List<String> steps) {
        return steps.stream()
                .map(step -> "/" + step.replace("~", "~0").replace("/", "~1"))
                .collect(Collectors.joining());
    }

    static List<String> steps(String pointer) {
        if (pointer.isEmpty()) {
            return List.of();
        }
        if (!pointer.startsWith("/")) {
            throw new IllegalArgumentException("not a JSON Pointer: " + pointer);
        }
        return Stream.of(pointer.substring(1).split("/", -1))
                .map(step -> step.replace("~1", "/").replace("~0", "~"))
                .toList();
    }
}
