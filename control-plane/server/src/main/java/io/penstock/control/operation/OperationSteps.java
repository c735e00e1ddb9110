// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.operation;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/// Notes the steps of operations. Whoever drives one calls this between two steps, outside of transactions; whatever
/// it does must be repeatable, since a process may end at any boundary.
@Component
public class OperationSteps {
    private final OperationService operations;
    private final ObjectProvider<StepBoundary> boundaries;

    OperationSteps(OperationService operations, ObjectProvider<StepBoundary> boundaries) {
        this.operations = operations;
        this.boundaries = boundaries;
    }

    /// All before this step is done.
    public void begin(String operationId, String step) {
        crossed(operationId, step, false);
        operations.reached(operationId, step);
        crossed(operationId, step, true);
    }

    /// All is done.
    ///
    /// @param noting says so, by [OperationService#succeeded]; may do more in the same transaction
    public void end(String operationId, Runnable noting) {
        crossed(operationId, StepBoundary.END, false);
        noting.run();
        crossed(operationId, StepBoundary.END, true);
    }

    private void crossed(String operationId, String step, boolean noted) {
        boundaries.ifAvailable(boundary -> boundary.crossed(operationId, step, noted));
    }
}
