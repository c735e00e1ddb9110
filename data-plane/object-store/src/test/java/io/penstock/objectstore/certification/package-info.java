// SPDX-License-Identifier: Apache-2.0
/// Proves that good stores are certified and that each way of being wrong is found.
@NullMarked
package io.penstock.objectstore.certification;

import org.jspecify.annotations.NullMarked;
