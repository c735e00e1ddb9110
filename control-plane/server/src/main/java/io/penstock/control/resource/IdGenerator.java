// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

import java.time.Clock;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;

/// Makes ids: a prefix that tells the kind, and a ULID, so that ids sort by the time they were made.
@Component
public class IdGenerator {
    private static final String CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private final Clock clock;
    private final RandomGenerator random;
    private long lastMillis;
    private long lastLow;
    private int lastHigh;

    public IdGenerator(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /// A new id, for example `tn_01JD…`. Ids of one generator grow strictly, also within a millisecond.
    public synchronized String next(IdPrefix prefix) {
        var now = clock.millis();
        if (now > lastMillis) {
            lastMillis = now;
            // The top bit stays clear, so that counting on within the millisecond cannot overflow.
            lastHigh = random.nextInt(1 << 15);
            lastLow = random.nextLong();
        } else {
            lastLow++;
            if (lastLow == 0) {
                lastHigh++;
            }
        }
        return prefix.text() + "_" + ulid(lastMillis, lastHigh, lastLow);
    }

    private static String ulid(long millis, int high, long low) {
        var text = new char[26];
        for (int i = 0; i < 10; i++) {
            text[i] = CROCKFORD.charAt((int) (millis >>> (45 - 5 * i)) & 31);
        }
        // 80 bits in 16 characters: 16 bits of `high`, 64 of `low`.
        for (int i = 0; i < 16; i++) {
            int shift = 75 - 5 * i;
            long bits;
            if (shift >= 64) {
                bits = (long) high >>> (shift - 64);
            } else if (shift + 5 > 64) {
                bits = (low >>> shift) | ((long) high << (64 - shift));
            } else {
                bits = low >>> shift;
            }
            text[10 + i] = CROCKFORD.charAt((int) (bits & 31));
        }
        return new String(text);
    }
}
