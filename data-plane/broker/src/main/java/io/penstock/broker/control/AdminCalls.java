// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.control;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.Status;
import io.penstock.broker.request.ControlPlane;
import io.penstock.broker.request.ControlPlaneAway;
import io.penstock.brokerapi.v1.AdminReply;
import io.penstock.brokerapi.v1.AlterConfigsCall;
import io.penstock.brokerapi.v1.CreatePartitionsCall;
import io.penstock.brokerapi.v1.CreateTopicsCall;
import io.penstock.brokerapi.v1.DeleteTopicsCall;
import io.penstock.brokerapi.v1.ForwardCall;
import io.penstock.brokerapi.v1.ForwardReply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Administrative calls over the session's channel.
public final class AdminCalls implements ControlPlane {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(60);
    private static final Duration NO_TIMEOUT_ASKED = Duration.ofSeconds(20); // such requests have none of their own

    private final ControlSession session;

    public AdminCalls(ControlSession session) {
        this.session = session;
    }

    @Override
    public CompletableFuture<AdminReply> createTopics(CreateTopicsCall call) {
        return reply(session.adminCalls(deadline(call.getTimeoutMs())).createTopics(call));
    }

    @Override
    public CompletableFuture<AdminReply> createPartitions(CreatePartitionsCall call) {
        return reply(session.adminCalls(deadline(call.getTimeoutMs())).createPartitions(call));
    }

    @Override
    public CompletableFuture<AdminReply> deleteTopics(DeleteTopicsCall call) {
        return reply(session.adminCalls(deadline(call.getTimeoutMs())).deleteTopics(call));
    }

    @Override
    public CompletableFuture<AdminReply> alterConfigs(AlterConfigsCall call) {
        return reply(session.adminCalls(NO_TIMEOUT_ASKED).alterConfigs(call));
    }

    @Override
    public CompletableFuture<ForwardReply> forward(ForwardCall call) {
        return reply(session.adminCalls(NO_TIMEOUT_ASKED).forward(call));
    }

    private static Duration deadline(int timeoutMillis) {
        Duration asked = Duration.ofMillis(timeoutMillis);
        if (asked.compareTo(SHORTEST) < 0) {
            return SHORTEST;
        }
        return asked.compareTo(LONGEST) > 0 ? LONGEST : asked;
    }

    private static <T> CompletableFuture<T> reply(ListenableFuture<T> call) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        Futures.addCallback(
                call,
                new FutureCallback<>() {
                    @Override
                    public void onSuccess(@Nullable T answer) {
                        reply.complete(answer);
                    }

                    @Override
                    public void onFailure(Throwable failure) {
                        reply.completeExceptionally(new ControlPlaneAway(
                                "the control plane does not answer ("
                                        + Status.fromThrowable(failure).getCode() + ")",
                                failure));
                    }
                },
                MoreExecutors.directExecutor());
        return reply;
    }
}
