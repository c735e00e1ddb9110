// SPDX-License-Identifier: Apache-2.0
/// Proves that a modelled store errs as told and never lies.
@NullMarked
package io.penstock.objectstore.modelled;

import org.jspecify.annotations.NullMarked;
