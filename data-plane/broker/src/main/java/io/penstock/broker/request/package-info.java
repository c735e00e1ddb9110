// SPDX-License-Identifier: Apache-2.0
/// What a request is, who answers it, and what they need to know of their cluster.
@NullMarked
package io.penstock.broker.request;

import org.jspecify.annotations.NullMarked;
