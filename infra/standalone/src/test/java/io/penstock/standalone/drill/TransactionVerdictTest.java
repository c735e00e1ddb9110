// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.standalone.drill.TransactionVerdict.Input;
import io.penstock.standalone.drill.TransactionVerdict.Output;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TransactionVerdictTest {
    private static final Input X = new Input(0, 0);
    private static final Input Y = new Input(1, 0);

    private static TransactionVerdict verdict(List<Output> a, List<Output> b) {
        return TransactionVerdict.of(Set.of(X, Y), List.of(a, b), Set.of(5), Set.of(1, 2));
    }

    private static Output of(Input input, int transaction) {
        return new Output(input, transaction);
    }

    @Test
    void everythingOnceInBothOutputsIsClean() {
        TransactionVerdict verdict = verdict(List.of(of(X, 1), of(Y, 2)), List.of(of(Y, 2), of(X, 1)));

        assertThat(verdict.clean()).isTrue();
        assertThat(verdict.committed()).isEqualTo(2);
    }

    @Test
    void anInputThatStandsNowhereIsLost() {
        assertThat(verdict(List.of(of(X, 1), of(X, 2)), List.of(of(X, 1))).lost())
                .isEqualTo(1);
    }

    @Test
    void anInputInOneOutputOnlyIsTorn() {
        assertThat(verdict(List.of(of(X, 1), of(Y, 2)), List.of(of(X, 1))).torn())
                .isEqualTo(1);
    }

    @Test
    void aSecondCopyIsADuplicate() {
        assertThat(verdict(List.of(of(X, 1), of(Y, 2), of(X, 2)), List.of(of(X, 1), of(Y, 2)))
                        .duplicated())
                .isEqualTo(1);
    }

    @Test
    void whatWasAbortedMustNotBeRead() {
        assertThat(verdict(List.of(of(X, 1), of(Y, 5)), List.of(of(X, 1), of(Y, 2)))
                        .abortedRead())
                .isEqualTo(1);
    }

    @Test
    void aCommitMustLeaveATrace() {
        assertThat(verdict(List.of(of(X, 1), of(Y, 1)), List.of(of(X, 1), of(Y, 1)))
                        .uncommitted())
                .isEqualTo(1);
    }
}
