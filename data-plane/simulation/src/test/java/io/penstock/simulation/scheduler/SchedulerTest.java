// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SchedulerTest {
    private static final long SECOND = 1_000_000_000L;

    private final List<String> seen = new ArrayList<>();

    @Test
    void anActorRunsItsTasksInOrder() {
        Scheduler scheduler = new Scheduler(3);
        Executor actor = scheduler.process("p").newActor("a");

        IntStream.range(0, 20).forEach(i -> actor.execute(() -> seen.add("" + i)));
        scheduler.runUntil(SECOND);

        assertThat(seen)
                .containsExactlyElementsOf(
                        IntStream.range(0, 20).mapToObj(i -> "" + i).toList());
    }

    @Test
    void actorsOvertakeEachOtherInAnOrderThatTheSeedDecides() {
        List<String> orders = IntStream.range(0, 20).mapToObj(this::orderOf).toList();

        assertThat(orders.stream().distinct().count()).isGreaterThan(5);
        assertThat(IntStream.range(0, 20).mapToObj(this::orderOf)).containsExactlyElementsOf(orders);
    }

    private String orderOf(long seed) {
        Scheduler scheduler = new Scheduler(seed);
        StringBuilder order = new StringBuilder();
        VirtualProcess process = scheduler.process("p");
        for (int i = 0; i < 4; i++) {
            String name = "" + i;
            process.newActor(name).execute(() -> order.append(name));
        }
        scheduler.runUntil(SECOND);
        return order.toString();
    }

    @Test
    void aCancelledTimerDoesNotFire() {
        Scheduler scheduler = new Scheduler(3);
        VirtualProcess process = scheduler.process("p");
        Executor actor = process.newActor("a");

        process.schedule(Duration.ofMillis(10), actor, () -> seen.add("cancelled"))
                .cancel();
        process.schedule(Duration.ofMillis(10), actor, () -> seen.add("fired"));
        scheduler.runUntil(SECOND);

        assertThat(seen).containsExactly("fired");
    }

    @Test
    void aKilledProcessIsNeverHeardOfAgain() {
        Scheduler scheduler = new Scheduler(3);
        VirtualProcess process = scheduler.process("p");
        Executor actor = process.newActor("a");
        actor.execute(() -> seen.add("task"));
        process.schedule(Duration.ofMillis(10), actor, () -> seen.add("timer"));

        process.kill();
        scheduler.runUntil(SECOND);

        assertThat(seen).isEmpty();
    }

    @Test
    void aFrozenProcessDoesEverythingLateAndItsClockDidNotWait() {
        Scheduler scheduler = new Scheduler(3);
        VirtualProcess process = scheduler.process("p");
        Executor actor = process.newActor("a");
        long before = process.nanos();
        process.schedule(Duration.ofMillis(10), actor, () -> seen.add("first"));
        process.schedule(Duration.ofMillis(20), actor, () -> seen.add("second"));

        process.freeze();
        scheduler.runUntil(5 * SECOND);
        assertThat(seen).isEmpty();
        process.thaw();
        scheduler.runUntil(6 * SECOND);

        assertThat(seen).containsExactly("first", "second");
        assertThat(process.nanos() - before).isEqualTo(6 * SECOND);
    }
}
