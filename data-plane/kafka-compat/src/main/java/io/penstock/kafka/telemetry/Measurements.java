// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.telemetry;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.telemetry.internals.ClientTelemetryUtils;
import org.apache.kafka.shaded.io.opentelemetry.proto.common.v1.AnyValue;
import org.apache.kafka.shaded.io.opentelemetry.proto.common.v1.KeyValue;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.Metric;
import org.apache.kafka.shaded.io.opentelemetry.proto.metrics.v1.NumberDataPoint;

/// Reads what clients push: OpenTelemetry's format. KIP-714 knows sums and gauges; anything else is left out.
final class Measurements {
    private Measurements() {}

    /// @throws RuntimeException if the bytes are something else
    static List<Measurement> of(ByteBuffer pushed) {
        List<Measurement> all = new ArrayList<>();
        ClientTelemetryUtils.deserializeMetricsData(pushed).getResourceMetricsList().stream()
                .flatMap(resource -> resource.getScopeMetricsList().stream())
                .flatMap(scope -> scope.getMetricsList().stream())
                .forEach(metric -> add(metric, all));
        return all;
    }

    private static void add(Metric metric, List<Measurement> all) {
        if (metric.hasSum()) {
            boolean sinceLast =
                    metric.getSum().getAggregationTemporality() == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
            metric.getSum().getDataPointsList().forEach(point -> all.add(of(metric, point, sinceLast)));
        } else if (metric.hasGauge()) {
            metric.getGauge().getDataPointsList().forEach(point -> all.add(of(metric, point, false)));
        }
    }

    private static Measurement of(Metric metric, NumberDataPoint point, boolean sinceLast) {
        SortedMap<String, String> attributes = new TreeMap<>();
        for (KeyValue attribute : point.getAttributesList()) {
            attributes.put(attribute.getKey(), text(attribute.getValue()));
        }
        double value = point.hasAsInt() ? point.getAsInt() : point.getAsDouble();
        return new Measurement(metric.getName(), attributes, value, sinceLast);
    }

    private static String text(AnyValue value) {
        return switch (value.getValueCase()) {
            case STRING_VALUE -> value.getStringValue();
            case BOOL_VALUE -> Boolean.toString(value.getBoolValue());
            case INT_VALUE -> Long.toString(value.getIntValue());
            case DOUBLE_VALUE -> Double.toString(value.getDoubleValue());
            case ARRAY_VALUE, KVLIST_VALUE, BYTES_VALUE, VALUE_NOT_SET -> "";
        };
    }
}
