// SPDX-License-Identifier: Apache-2.0
package io.penstock.console;

import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;

/// Who opens the service's bare address with a browser means the console.
@Controller
class FrontDoor {
    @GetMapping({"/", "/console"})
    String toTheConsole() {
        return "redirect:/console/";
    }
}
