// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.broker.coordinator.FindCoordinatorHandler;
import io.penstock.broker.coordinator.GroupHome;
import io.penstock.broker.request.RequestHandler;
import java.util.List;

/// All handlers of this package, and the one that finds coordinators of both kinds.
public final class TransactionHandlers {
    private TransactionHandlers() {}

    public static List<RequestHandler> of(TransactionHome transactions, GroupHome groups) {
        return List.of(
                new FindCoordinatorHandler(groups, transactions),
                new InitProducerIdHandler(transactions),
                new AddPartitionsToTxnHandler(transactions),
                new AddOffsetsToTxnHandler(transactions, groups),
                new EndTxnHandler(transactions),
                new WriteTxnMarkersHandler(transactions, groups),
                new DescribeTransactionsHandler(transactions),
                new ListTransactionsHandler(transactions),
                new DescribeProducersHandler(transactions.cluster()));
    }
}
