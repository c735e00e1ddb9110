// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.kafka.transactions.TransactionReplay;
import io.penstock.kafka.transactions.TransactionalId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.ListTransactionsResponseData.TransactionState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ListTransactionsRequest;
import org.apache.kafka.common.requests.ListTransactionsResponse;

/// ListTransactions, all versions (KIP-664, KIP-994, KIP-1152): every broker lists the ids that it coordinates,
/// filtered
/// by state, producer id, age of the transaction and a pattern. Patterns are matched in linear time.
final class ListTransactionsHandler implements RequestHandler {
    private final TransactionHome transactions;

    ListTransactionsHandler(TransactionHome transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.LIST_TRANSACTIONS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        ListTransactionsRequestData request =
                exchange.body(ListTransactionsRequest.class).data();
        String wanted = request.transactionalIdPattern();
        Predicate<String> pattern;
        try {
            pattern = wanted == null || wanted.isEmpty() ? any -> true : Pattern.compile(wanted)::matches;
        } catch (PatternSyntaxException malformed) {
            return CompletableFuture.completedFuture(Reply.of(new ListTransactionsResponse(
                    new ListTransactionsResponseData().setErrorCode(Errors.INVALID_REGULAR_EXPRESSION.code()))));
        }
        return transactions.readAll(all -> Reply.of(new ListTransactionsResponse(
                list(all, request, pattern, transactions.runtime().wallMillis()))));
    }

    private static ListTransactionsResponseData list(
            Optional<List<TransactionalId>> all,
            ListTransactionsRequestData request,
            Predicate<String> pattern,
            long nowMillis) {
        ListTransactionsResponseData answer = new ListTransactionsResponseData();
        if (all.isEmpty()) {
            return answer.setErrorCode(Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
        }
        Set<String> states = new HashSet<>(request.stateFilters());
        Set<Long> producers = new HashSet<>(request.producerIdFilters());
        request.stateFilters().stream()
                .filter(state -> !TransactionReplay.stateNames().contains(state))
                .forEach(answer.unknownStateFilters()::add);
        for (TransactionalId id : all.get()) {
            boolean old = request.durationFilter() < 0 || nowMillis - id.startedAtMillis() > request.durationFilter();
            if ((states.isEmpty() || states.contains(id.stateName()))
                    && (producers.isEmpty() || producers.contains(id.producer().producerId))
                    && old
                    && pattern.test(id.id())) {
                answer.transactionStates()
                        .add(new TransactionState()
                                .setTransactionalId(id.id())
                                .setProducerId(id.producer().producerId)
                                .setTransactionState(id.stateName()));
            }
        }
        return answer;
    }
}
