// SPDX-License-Identifier: Apache-2.0
package io.penstock.control;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModulesTest {
    @Test
    void modulesSeeOnlyWhatOthersOfferAndNeverInCircles() {
        ApplicationModules.of(ControlPlaneApplication.class).verify();
    }
}
