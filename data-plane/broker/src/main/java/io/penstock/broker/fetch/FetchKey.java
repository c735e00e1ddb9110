// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import org.apache.kafka.common.Uuid;

/// A partition as a fetch request names it: by topic id from version 13 on (the name is then empty), by name
/// before (the id is then zero).
record FetchKey(String topic, Uuid topicId, int partition) {}
