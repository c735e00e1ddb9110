// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.format.Seal;
import io.penstock.log.format.WalHeader;

/// What stands in a slot, as far as writers and sealers care.
sealed interface Occupant {
    record Data(WalHeader header) implements Occupant {}

    record SealThere(Seal seal) implements Occupant {}

    record Nothing() implements Occupant {}

    record Damage(String detail) implements Occupant {}
}
