// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.usage;

import io.penstock.api.Prices;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What quantities cost. Requests are paid by the thousand, bytes by the GiB.
final class CostPlan {
    private static final BigDecimal THOUSAND = BigDecimal.valueOf(1000);
    private static final BigDecimal GIB = BigDecimal.valueOf(1L << 30);
    private static final int DIGITS = 9;

    private final Map<String, BigDecimal> each = new HashMap<>();

    CostPlan(Prices prices) {
        price("store.put.requests", prices.put(), THOUSAND);
        price("store.get.requests", prices.get(), THOUSAND);
        price("store.head.requests", prices.get(), THOUSAND);
        price("store.list.requests", prices.list(), THOUSAND);
        price("store.delete.requests", prices.delete(), THOUSAND);
        price("store.put.bytes", prices.written(), GIB);
        price("store.get.bytes", prices.read(), GIB);
        price("topic.received.bytes", prices.received(), GIB);
        price("topic.sent.bytes", prices.sent(), GIB);
    }

    private void price(String measure, @Nullable BigDecimal price, BigDecimal unit) {
        if (price != null && price.signum() != 0) {
            each.put(measure, price.divide(unit, MathContext.DECIMAL64));
        }
    }

    /// To a billionth of the currency.
    BigDecimal of(Map<String, Long> quantities) {
        var cost = BigDecimal.ZERO;
        for (var quantity : quantities.entrySet()) {
            var price = each.get(quantity.getKey());
            if (price != null) {
                cost = cost.add(price.multiply(BigDecimal.valueOf(quantity.getValue())));
            }
        }
        return cost.setScale(DIGITS, RoundingMode.HALF_UP);
    }

    /// What each topic is to bear: what went through it, and of the cluster's requests to the store a share
    /// by its bytes.
    /// What nobody sent or received bytes for stays with the cluster.
    Map<String, BigDecimal> ofTopics(Map<String, Long> ofCluster, Map<String, Map<String, Long>> ofTopics) {
        Map<String, Long> shared = new HashMap<>(ofCluster);
        shared.keySet().removeIf(measure -> !measure.startsWith("store."));
        var common = of(shared);
        long all = ofTopics.values().stream().mapToLong(CostPlan::bytes).sum();
        Map<String, BigDecimal> costs = new TreeMap<>();
        ofTopics.forEach((topic, quantities) -> {
            var share = all == 0
                    ? BigDecimal.ZERO
                    : common.multiply(BigDecimal.valueOf(bytes(quantities)))
                            .divide(BigDecimal.valueOf(all), MathContext.DECIMAL64);
            costs.put(topic, of(quantities).add(share).setScale(DIGITS, RoundingMode.HALF_UP));
        });
        return costs;
    }

    private static long bytes(Map<String, Long> quantities) {
        return quantities.getOrDefault("topic.received.bytes", 0L) + quantities.getOrDefault("topic.sent.bytes", 0L);
    }
}
