// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import java.util.List;

/// The steps of a cluster's operations, as callers see them.
final class ClusterSteps {
    static final String WRITE_METALOG = "write_metalog";
    static final String CLAIM_METALOG = "claim_metalog";
    static final String ATTACH_FLEET = "attach_fleet";
    static final String PROVE_OWNERSHIP = "prove_ownership";
    static final String DETACH_FLEET = "detach_fleet";

    static final List<String> CREATE = List.of(WRITE_METALOG, ATTACH_FLEET);
    static final List<String> ADOPT = List.of(CLAIM_METALOG, ATTACH_FLEET);
    static final List<String> DELETE = List.of(PROVE_OWNERSHIP, DETACH_FLEET);

    private ClusterSteps() {}
}
