// SPDX-License-Identifier: Apache-2.0
/// Proves that the S3 store keeps the contract on a real server, and spawns one.
@NullMarked
package io.penstock.objectstore.s3;

import org.jspecify.annotations.NullMarked;
