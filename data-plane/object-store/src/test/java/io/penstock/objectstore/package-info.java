// SPDX-License-Identifier: Apache-2.0
/// What every object store must do, as a suite that each store's own test extends.
@NullMarked
package io.penstock.objectstore;

import org.jspecify.annotations.NullMarked;
