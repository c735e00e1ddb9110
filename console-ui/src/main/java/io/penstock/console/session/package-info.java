// SPDX-License-Identifier: Apache-2.0
/// Who uses this browser session: the key it signed in with, and nothing on disk.
@NullMarked
package io.penstock.console.session;

import org.jspecify.annotations.NullMarked;
