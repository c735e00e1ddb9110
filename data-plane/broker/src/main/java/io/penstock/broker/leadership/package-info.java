// SPDX-License-Identifier: Apache-2.0
/// Turns what the metalog says about shards into what this broker has to do about them: open, hand off, drop, start
/// anew.
@NullMarked
package io.penstock.broker.leadership;

import org.jspecify.annotations.NullMarked;
