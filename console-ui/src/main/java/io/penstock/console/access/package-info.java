// SPDX-License-Identifier: Apache-2.0
/// Who may use a cluster: service accounts, their credentials, and what ACLs let them do.
@NullMarked
package io.penstock.console.access;

import org.jspecify.annotations.NullMarked;
