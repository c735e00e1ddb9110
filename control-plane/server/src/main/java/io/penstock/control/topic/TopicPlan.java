// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import io.penstock.metadata.MetalogRecord;
import java.util.List;

/// What a request for changes of topics comes to: a result for each, and the records that make them true.
record TopicPlan(List<TopicResult> results, List<MetalogRecord> records) {
    TopicPlan {
        results = List.copyOf(results);
        records = List.copyOf(records);
    }
}
