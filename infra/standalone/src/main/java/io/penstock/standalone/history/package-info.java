// SPDX-License-Identifier: Apache-2.0
/// What real clients did and were told, and whether a log can have answered so: in the manner of Jepsen's Kafka
/// workload.
@NullMarked
package io.penstock.standalone.history;

import org.jspecify.annotations.NullMarked;
