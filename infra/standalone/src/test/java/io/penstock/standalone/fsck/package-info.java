// SPDX-License-Identifier: Apache-2.0
@NullMarked
package io.penstock.standalone.fsck;

import org.jspecify.annotations.NullMarked;
