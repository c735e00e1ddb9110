// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.standalone.drill.Machine.StoreTrouble;
import java.util.function.Consumer;

/// Makes brokers find their object store slow, failing, or both at once, whatever store it is.
final class ModelledTrouble implements StoreTrouble {
    private final Consumer<String> bucketBecomes;
    private boolean slow;
    private boolean failing;

    /// @param bucketBecomes takes the parameters of a modelled store; empty: as it really is
    ModelledTrouble(Consumer<String> bucketBecomes) {
        this.bucketBecomes = bucketBecomes;
    }

    @Override
    public synchronized void slow() {
        slow = true;
        tell();
    }

    @Override
    public synchronized void failing() {
        failing = true;
        tell();
    }

    @Override
    public synchronized void well() {
        slow = false;
        failing = false;
        tell();
    }

    private void tell() {
        String parameters = slow ? "put_ms=700&put_p99_ms=2000" : "";
        if (failing) {
            parameters += (parameters.isEmpty() ? "" : "&") + "error_rate=0.3";
        }
        bucketBecomes.accept(parameters);
    }
}
