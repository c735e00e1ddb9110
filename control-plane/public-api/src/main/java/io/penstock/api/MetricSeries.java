// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import java.util.List;

/// How a measure of a cluster went.
///
/// @param topic empty: of the cluster
/// @param stepSeconds how much time one point stands for
public record MetricSeries(
        String apiVersion, String kind, String name, String topic, long stepSeconds, List<Point> points) {
    /// @param at the beginning of its step
    /// @param value how much in it
    public record Point(Instant at, long value, double perSecond) {}
}
