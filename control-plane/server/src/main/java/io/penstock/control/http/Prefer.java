// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// The `Prefer` header (RFC 7240).
final class Prefer {
    private static final Pattern WAIT = Pattern.compile("(?:^|[,;\\s])wait\\s*=\\s*(\\d{1,4})(?=$|[,;\\s])");
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private Prefer() {}

    /// How long the caller would rather wait than be told to come back; 60 s at most.
    static Optional<Duration> wait(HttpServletRequest request) {
        var header = request.getHeader("Prefer");
        if (header == null) {
            return Optional.empty();
        }
        var match = WAIT.matcher(header);
        if (!match.find()) {
            return Optional.empty();
        }
        var asked = Duration.ofSeconds(Long.parseLong(match.group(1)));
        return Optional.of(asked.compareTo(LONGEST) > 0 ? LONGEST : asked);
    }
}
