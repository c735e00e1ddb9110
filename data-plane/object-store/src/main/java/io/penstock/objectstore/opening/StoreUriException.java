// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.opening;

import org.jspecify.annotations.Nullable;

/// A store's URI names nothing that can be opened. The message is one line for people: what is wrong, and what to do.
public final class StoreUriException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final StoreUriProblem problem;

    StoreUriException(StoreUriProblem problem, String uri, String detail, @Nullable Throwable cause) {
        super("'" + uri + "': " + detail + " " + problem.remedy(), cause);
        this.problem = problem;
    }

    public StoreUriProblem problem() {
        return problem;
    }
}
