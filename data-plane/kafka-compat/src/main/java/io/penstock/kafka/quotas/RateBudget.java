// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.quotas;

import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.metrics.MetricConfig;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.metrics.Quota;
import org.apache.kafka.common.metrics.QuotaViolationException;
import org.apache.kafka.common.metrics.Sensor;
import org.apache.kafka.common.metrics.stats.Rate;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.config.ClientQuotaManagerConfig;
import org.apache.kafka.server.quota.QuotaUtils;

/// A rate that several share and that none may exceed together, by the accounting that Kafka uses for client
/// quotas: the
/// mean over some ten seconds. May be used from any thread.
public final class RateBudget implements AutoCloseable {
    private static final ClientQuotaManagerConfig WINDOWS = new ClientQuotaManagerConfig();
    private static final MetricConfig UNLIMITED = windows();

    private final Metrics metrics = new Metrics(Time.SYSTEM);
    private final Sensor sensor;
    private final Rate rate = new Rate();
    private volatile OptionalDouble limit = OptionalDouble.empty();

    public RateBudget() {
        sensor = metrics.sensor("spent", UNLIMITED);
        sensor.add(metrics.metricName("rate", "budget"), rate);
    }

    static MetricConfig windows() {
        return new MetricConfig()
                .timeWindow(WINDOWS.quotaWindowSizeSeconds(), TimeUnit.SECONDS)
                .samples(WINDOWS.numQuotaSamples());
    }

    /// @param perSecond above 0; empty: no limit
    public void limit(OptionalDouble perSecond) {
        if (!perSecond.equals(limit)) {
            MetricConfig config = windows();
            perSecond.ifPresent(bound -> config.quota(Quota.upperBound(bound)));
            metrics.metric(metrics.metricName("rate", "budget")).config(config);
            limit = perSecond;
        }
    }

    public OptionalDouble limit() {
        return limit;
    }

    /// @return how long to pause until the mean is within the limit again, in milliseconds; 0: not at all
    public int spend(double amount, long nowMillis) {
        if (limit.isEmpty()) {
            return 0;
        }
        try {
            sensor.record(amount, nowMillis, true);
            return 0;
        } catch (QuotaViolationException e) {
            return (int) Math.min(Integer.MAX_VALUE, QuotaUtils.throttleTime(e, nowMillis));
        }
    }

    /// What was spent per second, of late.
    public double perSecond(long nowMillis) {
        return rate.measure(UNLIMITED, nowMillis);
    }

    /// More than this at once takes longer than the time that is looked at.
    public double window() {
        return limit.orElse(Double.POSITIVE_INFINITY)
                * WINDOWS.quotaWindowSizeSeconds()
                * (WINDOWS.numQuotaSamples() - 1);
    }

    @Override
    public void close() {
        metrics.close();
    }
}
