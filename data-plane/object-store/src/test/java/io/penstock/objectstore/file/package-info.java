// SPDX-License-Identifier: Apache-2.0
/// Proves that the file store keeps the contract, whatever crashes, freezes or fails.
@NullMarked
package io.penstock.objectstore.file;

import org.jspecify.annotations.NullMarked;
