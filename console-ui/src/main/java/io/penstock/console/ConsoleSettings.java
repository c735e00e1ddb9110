// SPDX-License-Identifier: Apache-2.0
package io.penstock.console;

import java.net.URI;
import java.time.Duration;

/// What may be set of the console, under `penstock.console`.
///
/// @param apiUrl where the control plane's API is, without `/v1`
/// @param refresh pause between two readings of what a page shows: short enough to watch a failover
/// @param patience how long to wait for one answer: longer than a control plane under load needs, shorter than people
///   wait before they reload the page
record ConsoleSettings(URI apiUrl, Duration refresh, Duration patience) {}
