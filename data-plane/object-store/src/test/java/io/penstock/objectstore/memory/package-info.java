// SPDX-License-Identifier: Apache-2.0
/// Proves that the memory store keeps the contract.
@NullMarked
package io.penstock.objectstore.memory;

import org.jspecify.annotations.NullMarked;
