// SPDX-License-Identifier: Apache-2.0
/// Keeps small resources that are read and written whole, each by the rules of the module that it belongs to.
@NullMarked
package io.penstock.control.document;

import org.jspecify.annotations.NullMarked;
