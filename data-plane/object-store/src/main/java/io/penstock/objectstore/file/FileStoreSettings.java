// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import java.time.Duration;

/// @param versionGrace how long a version replaced by compare-and-set stays: a writer frozen for longer than this may
///     hear "unknown" where "refused" would have been possible
/// @param temporaryGrace how old a temporary file must be to be taken for the remains of a crash; a writer frozen for
///     longer hears "unknown"
public record FileStoreSettings(Duration versionGrace, Duration temporaryGrace) {
    public FileStoreSettings {
        if (versionGrace.isNegative() || temporaryGrace.isNegative()) {
            throw new IllegalArgumentException("a grace is not negative: " + versionGrace + ", " + temporaryGrace);
        }
    }

    /// Ten minutes for versions: longer than any pause a writer survives. An hour for temporaries: nobody needs the
    /// space.
    public static FileStoreSettings defaults() {
        return new FileStoreSettings(Duration.ofMinutes(10), Duration.ofHours(1));
    }
}
