// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What becomes of deleted clusters.
///
/// @param undoWindow how long a deleted cluster's objects stay; a zombie of its brokers must have ended by
/// then, so it is to be longer than `penstock.fleet.zombie-patience`
/// @param tellAgain after how long a broker that did not report is taken for lost and another one told
@ConfigurationProperties("penstock.clusters")
record DeletionSettings(
        @DefaultValue("7d") Duration undoWindow,
        @DefaultValue("10m") Duration tellAgain) {}
