// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectVersion;
import java.nio.file.Path;

/// Where things lie below the root.
///
/// - `<key>`: the *anchor*: the object as it was created. A key exists while its anchor does.
/// - `<key>@<version of the anchor>/<n>`: the n-th (1, 2, …) successor of that anchor by compare-and-set.
/// - `@tmp/<version>`: a file that is being written.
///
/// `@` is not of the alphabet of keys, so no key is ever taken for one of the others.
record KeyPaths(Path root) {
    static final String MARK = "@";

    Path anchor(ObjectKey key) {
        return root.resolve(key.value());
    }

    Path successors(ObjectKey key, ObjectVersion anchor) {
        return root.resolve(key.value() + MARK + anchor.token());
    }

    static Path successor(Path successors, long number) {
        return successors.resolve("%019d".formatted(number));
    }

    Path temporaries() {
        return root.resolve(MARK + "tmp");
    }

    Path temporary(ObjectVersion version) {
        return temporaries().resolve(version.token());
    }

    /// Whether this name in a folder is, or leads to, a key.
    static boolean isOfKeys(String name) {
        return !name.contains(MARK);
    }

    /// The name of the key a folder of successors belongs to.
    static String keyName(String successorsName) {
        return successorsName.substring(0, successorsName.indexOf(MARK));
    }

    static Path folderOf(Path file) {
        Path folder = file.getParent();
        if (folder == null) {
            throw new IllegalArgumentException("a root without parent has no siblings: " + file);
        }
        return folder;
    }
}
