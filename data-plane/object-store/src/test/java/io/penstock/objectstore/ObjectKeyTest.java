// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectKeyTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b", "A-Z_0.9=x", "a/..b/c", "wal/0123456789abcdef/0/0000000000000000000"})
    void segmentsOfTheNarrowAlphabetAreKeys(String key) {
        assertThat(ObjectKey.of(key).value()).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "/", "/a", "a/", "a//b", ".", "..", "a/../b", "a/.", "a b", "a@1", "a\n", "ä", "a\\b", "a%2Fb"
            })
    void everythingElseIsRefused(String key) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ObjectKey.of(key))
                .withMessageContaining("not an object key");
    }

    @Test
    void aKeyHasAtMost512Characters() {
        assertThat(ObjectKey.of("x".repeat(512)).value()).hasSize(512);
        assertThatIllegalArgumentException().isThrownBy(() -> ObjectKey.of("x".repeat(513)));
    }

    @Test
    void keysAreOrderedByTheirBytes() {
        assertThat(ObjectKey.of("a-b")).isLessThan(ObjectKey.of("a/b"));
        assertThat(ObjectKey.of("a/b")).isLessThan(ObjectKey.of("a0"));
        assertThat(ObjectKey.of("B")).isLessThan(ObjectKey.of("a"));
    }
}
