// SPDX-License-Identifier: Apache-2.0
/// One port to shared storage, and the stores behind it.
///
/// The log's safety hangs on two things only: a conditional put has one winner, and an answer is never
/// guessed. So every outcome is a sealed type with three cases (it is so; it is not so; nobody knows), and
/// nothing in this package retries a conditional put.
@NullMarked
package io.penstock.objectstore;

import org.jspecify.annotations.NullMarked;
