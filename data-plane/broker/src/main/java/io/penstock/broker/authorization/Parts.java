// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authorization;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.jspecify.annotations.Nullable;

/// A request whose parts are judged one by one: what is refused leaves it, and its errors join the answer.
final class Parts {
    private Parts() {}

    /// @param parts of the request; a collection that can be changed
    /// @param error why a part is refused; empty: it is not
    /// @param merge adds the answer about refused parts (the request's own error response) to the handler's
    static <P> AccessRule judged(
            Function<AbstractRequest, Collection<P>> parts,
            Judge<P> error,
            BiConsumer<AbstractResponse, AbstractResponse> merge) {
        return judged(parts, error, (exchange, why) -> exchange.body().getErrorResponse(0, why.exception()), merge);
    }

    /// @param refusal the answer to a request that has only refused parts; null if the client wants none
    static <P> AccessRule judged(
            Function<AbstractRequest, Collection<P>> parts,
            Judge<P> error,
            BiFunction<RequestExchange, Errors, @Nullable AbstractResponse> refusal,
            BiConsumer<AbstractResponse, AbstractResponse> merge) {
        return (exchange, access, image) -> {
            Collection<P> asked = parts.apply(exchange.body());
            List<P> allowed = new ArrayList<>(asked.size());
            Map<Errors, List<P>> denied = new LinkedHashMap<>();
            for (P part : asked) {
                error.of(part, exchange, access, image)
                        .ifPresentOrElse(
                                why -> denied.computeIfAbsent(why, _ -> new ArrayList<>())
                                        .add(part),
                                () -> allowed.add(part));
            }
            if (denied.isEmpty()) {
                return AccessRule.ADMITTED;
            }
            Optional<AbstractResponse> errors = errors(exchange, asked, denied, refusal, merge);
            replace(asked, allowed);
            if (errors.isEmpty()) {
                return new AccessRule.Verdict.Refused(new Reply.Hangup("not authorized"));
            }
            return allowed.isEmpty()
                    ? new AccessRule.Verdict.Refused(Reply.of(errors.get()))
                    : new AccessRule.Verdict.Admitted(reply -> merged(reply, errors.get(), merge));
        };
    }

    /// Why a part is refused; empty: it is not.
    interface Judge<P> {
        Optional<Errors> of(P part, RequestExchange exchange, AccessControl access, ClusterImage image);
    }

    private static <P> Optional<AbstractResponse> errors(
            RequestExchange exchange,
            Collection<P> asked,
            Map<Errors, List<P>> denied,
            BiFunction<RequestExchange, Errors, @Nullable AbstractResponse> refusal,
            BiConsumer<AbstractResponse, AbstractResponse> merge) {
        @Nullable AbstractResponse errors = null;
        for (Map.Entry<Errors, List<P>> each : denied.entrySet()) {
            replace(asked, each.getValue());
            AbstractResponse some = refusal.apply(exchange, each.getKey());
            if (errors == null) {
                errors = some;
            } else if (some != null) {
                merge.accept(errors, some);
            }
        }
        return Optional.ofNullable(errors);
    }

    private static Reply merged(
            Reply reply, AbstractResponse errors, BiConsumer<AbstractResponse, AbstractResponse> merge) {
        if (reply instanceof Reply.Answer(AbstractResponse answer)) {
            merge.accept(answer, errors);
        }
        return reply;
    }

    /// Kafka's own collections let an element be in one of them only, and notice that it left by its removal alone.
    private static <P> void replace(Collection<P> all, List<P> by) {
        take(all);
        all.addAll(by);
    }

    /// Empties the collection into a list.
    static <P> List<P> take(Collection<P> all) {
        List<P> taken = new ArrayList<>(all);
        all.removeIf(_ -> true);
        return taken;
    }

    /// Moves what is in one collection to the end of another.
    static <P> void move(Collection<P> from, Collection<P> to) {
        to.addAll(take(from));
    }
}
