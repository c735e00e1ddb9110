// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.storage;

import io.penstock.api.BucketVerification;
import io.penstock.objectstore.ObjectStore;
import java.util.Optional;

/// Opens object stores and certifies them.
interface StoreGateway {
    /// @param credentials empty: those of the environment
    /// @throws io.penstock.control.problem.ProblemException if the URI cannot be understood or opened
    ObjectStore open(String uri, Optional<StoreCredentials> credentials);

    /// Tries every promise of an object store (log.md, R14). Leaves nothing behind.
    BucketVerification certify(ObjectStore store);
}
