// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.document;

import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.access.Scope;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.resource.Document;
import io.penstock.control.resource.IdPrefix;
import java.util.Optional;

/// What is particular to one kind of document.
///
/// @param <S> its spec in the API
public interface DocumentRules<S> {
    /// As it is called in the API: `RoleBinding`.
    String kind();

    IdPrefix prefix();

    Class<S> type();

    /// Needed to see one.
    Permission read();

    /// Needed to make, change or delete one.
    Permission manage();

    /// Whether there are any of tenants; if not, all are the organization's.
    boolean ofTenants();

    /// Whether each has a secret that is made with it and shown once.
    default boolean hasSecret() {
        return false;
    }

    /// What is stored of a wish, with defaults filled in. Notes everything that is wrong with it.
    ///
    /// @param before what was stored so far; empty for a new one
    S checked(Caller caller, Scope scope, Optional<S> before, S wish, FieldChecks checks);

    /// Called in the transaction that deletes one, before it goes.
    default void deleting(Document document) {}
}
