// SPDX-License-Identifier: EPL-2.0
package org.vaultsync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class RoomArchivesTest {
    private static final RoomId ROOM = new RoomId("ab".repeat(16));
    private static final Path FILE = Path.of("friday.vaultsync");

    /** Whoever does not watch it waits to the end. */
    @Test
    void whatNobodyWatchesIsNotCancelled() {
        List<RoomArchives.Course> courses = new ArrayList<>();
        RoomArchives.Contents contents = new RoomArchives.Contents(ROOM, "Friday", 2, 1);
        RoomArchives archives = new RoomArchives() {
            @Override
            public CompletionStage<Contents> exportRoom(RoomId room, Path file, Course course) {
                assertEquals(ROOM, room);
                return importRoom(file, course);
            }

            @Override
            public CompletionStage<Contents> importRoom(Path file, Course course) {
                assertEquals(FILE, file);
                course.at(courses.size(), 2);
                courses.add(course);
                return CompletableFuture.completedStage(contents);
            }
        };
        assertEquals(
                contents, archives.exportRoom(ROOM, FILE).toCompletableFuture().join());
        assertEquals(contents, archives.importRoom(FILE).toCompletableFuture().join());
        assertEquals(2, courses.size());
        courses.forEach(course -> assertFalse(course.isCancelled()));
    }
}
