// SPDX-License-Identifier: Apache-2.0
/// Keeps objects in a bucket of an S3-compatible server.
@NullMarked
package io.penstock.objectstore.s3;

import org.jspecify.annotations.NullMarked;
