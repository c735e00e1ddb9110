// SPDX-License-Identifier: Apache-2.0
/// Opens the store a URI names, or says what is wrong with the URI.
@NullMarked
package io.penstock.objectstore.opening;

import org.jspecify.annotations.NullMarked;
