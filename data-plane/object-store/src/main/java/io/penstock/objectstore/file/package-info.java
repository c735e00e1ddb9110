// SPDX-License-Identifier: Apache-2.0
/// Keeps objects as files of a local folder that several processes share, without any lock.
///
/// A put writes and syncs a temporary file, links it to its final name (which fails if the name is taken) and syncs
/// the folder before it answers. See the module's README for what lies on the disk.
@NullMarked
package io.penstock.objectstore.file;

import org.jspecify.annotations.NullMarked;
