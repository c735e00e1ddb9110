// SPDX-License-Identifier: Apache-2.0
/// Checks every cluster of a bucket: metalog and log together.
@NullMarked
package io.penstock.standalone.fsck;

import org.jspecify.annotations.NullMarked;
