// SPDX-License-Identifier: Apache-2.0
/// Changes clusters' metadata: composes entries, freezes them, stores them in order, and tells who must know.
@NullMarked
package io.penstock.control.metalog;

import org.jspecify.annotations.NullMarked;
