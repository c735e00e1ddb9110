// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.storage;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// @param allowModelledStores whether a URI may ask for made-up latency and errors: for tests, drills and benchmarks
///     only, because such a store is slow and fails on purpose
@ConfigurationProperties("penstock")
record StorageSettings(@DefaultValue("false") boolean allowModelledStores) {}
