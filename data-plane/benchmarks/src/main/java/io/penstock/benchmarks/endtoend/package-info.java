// SPDX-License-Identifier: Apache-2.0
/// The same clients and the same load against a whole Penstock and against three brokers of Apache Kafka.
@NullMarked
package io.penstock.benchmarks.endtoend;

import org.jspecify.annotations.NullMarked;
