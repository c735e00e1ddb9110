// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.console.gateway.Answer;
import io.penstock.console.live.LiveState.Failed;
import io.penstock.console.live.LiveState.Fresh;
import io.penstock.console.live.LiveState.KeyRefused;
import io.penstock.console.live.LiveState.NotAllowed;
import io.penstock.console.live.LiveState.Stale;
import io.penstock.console.live.LiveState.Waiting;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LiveStateTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant LATER = NOW.plusSeconds(1);

    @Test
    void whatWasShownIsKeptThroughEveryFailureWithItsOwnTime() {
        var state =
                waiting().after(picture("a"), NOW).after(away("gone"), LATER).after(away("still"), LATER);

        assertThat(state).isEqualTo(new Stale<>("a", NOW, "still"));
        assertThat(state.shown()).contains("a");
    }

    @Test
    void theNextAnswerMakesItFreshAgain() {
        var state = waiting().after(picture("a"), NOW).after(away("gone"), NOW).after(picture("b"), LATER);

        assertThat(state).isEqualTo(new Fresh<>("b", LATER));
    }

    @Test
    void aFirstAttemptThatFailsHasNothingToShow() {
        var state = waiting().after(away("gone"), NOW);

        assertThat(state).isEqualTo(new Failed<>("gone"));
        assertThat(state.shown()).isEmpty();
    }

    @Test
    void aRefusedKeyTakesThePictureAwayForGood() {
        var state = waiting().after(picture("a"), NOW).after(new Answer.KeyRefused<>(), NOW);

        assertThat(state.after(away("gone"), LATER)).isEqualTo(new KeyRefused<>());
        assertThat(state.shown()).isEmpty();
    }

    @Test
    void aKeyThatMayNotSeeItShowsNothing() {
        var state = waiting().after(picture("a"), NOW).after(new Answer.NotAllowed<>("cluster.read"), LATER);

        assertThat(state).isEqualTo(new NotAllowed<>("cluster.read"));
        assertThat(state.shown()).isEmpty();
    }

    private static LiveState<String> waiting() {
        return new Waiting<>();
    }

    private static Answer<String> picture(String text) {
        return new Answer.Received<>(text);
    }

    private static Answer<String> away(String why) {
        return new Answer.Unavailable<>(why);
    }
}
