// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.operation;

/// Crossed before and after every step of every operation is noted. There is none but in tests, which end their process
/// there.
public interface StepBoundary {
    /// The boundary after the last step.
    String END = "end";

    /// @param noted false: what came before is done, and nothing says so yet; true: it is said, and nothing follows yet
    void crossed(String operationId, String step, boolean noted);
}
