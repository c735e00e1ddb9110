// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import io.penstock.broker.fetch.FetchHandler;
import io.penstock.broker.fetch.FetchSessions;
import io.penstock.broker.request.handlers.AlterConfigsHandler;
import io.penstock.broker.request.handlers.CreatePartitionsHandler;
import io.penstock.broker.request.handlers.CreateTopicsHandler;
import io.penstock.broker.request.handlers.DeleteRecordsHandler;
import io.penstock.broker.request.handlers.DeleteTopicsHandler;
import io.penstock.broker.request.handlers.DescribeAclsHandler;
import io.penstock.broker.request.handlers.DescribeClientQuotasHandler;
import io.penstock.broker.request.handlers.DescribeClusterHandler;
import io.penstock.broker.request.handlers.DescribeConfigsHandler;
import io.penstock.broker.request.handlers.DescribeLogDirsHandler;
import io.penstock.broker.request.handlers.DescribeQuorumHandler;
import io.penstock.broker.request.handlers.DescribeScramHandler;
import io.penstock.broker.request.handlers.DescribeTopicPartitionsHandler;
import io.penstock.broker.request.handlers.ElectLeadersHandler;
import io.penstock.broker.request.handlers.ForwardingHandler;
import io.penstock.broker.request.handlers.IncrementalAlterConfigsHandler;
import io.penstock.broker.request.handlers.ListConfigResourcesHandler;
import io.penstock.broker.request.handlers.ListOffsetsHandler;
import io.penstock.broker.request.handlers.MetadataHandler;
import io.penstock.broker.request.handlers.OffsetForLeaderEpochHandler;
import io.penstock.broker.request.handlers.ProduceHandler;
import io.penstock.broker.request.handlers.ReassignmentHandlers;
import io.penstock.broker.request.handlers.SaslHandlers;
import io.penstock.broker.request.handlers.TelemetryHandlers;
import io.penstock.log.LogRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/// The handlers that every cluster has: all but those of coordinators of groups and transactions.
public final class StandardHandlers {
    private StandardHandlers() {}

    /// @param transactions whom produce asks about transactional batches
    /// @param workers for what timers of requests lead to
    public static List<RequestHandler> of(
            ClusterContext cluster,
            TopicAutoCreation autoCreation,
            TransactionGate transactions,
            LogRuntime runtime,
            Executor workers) {
        IncrementalAlterConfigsHandler alterConfigs = new IncrementalAlterConfigsHandler(cluster);
        List<RequestHandler> handlers = new ArrayList<>(List.of(
                new ProduceHandler(cluster, transactions, runtime, workers),
                new FetchHandler(cluster, FetchSessions.withDefaults(runtime.random()), runtime, workers),
                new ListOffsetsHandler(cluster),
                new OffsetForLeaderEpochHandler(cluster),
                new MetadataHandler(cluster, autoCreation),
                new DescribeClusterHandler(cluster),
                new DescribeTopicPartitionsHandler(cluster),
                new CreateTopicsHandler(cluster),
                new CreatePartitionsHandler(cluster),
                new DeleteTopicsHandler(cluster),
                new DeleteRecordsHandler(cluster, runtime, workers),
                new DescribeConfigsHandler(cluster),
                alterConfigs,
                new AlterConfigsHandler(cluster, alterConfigs),
                new ListConfigResourcesHandler(cluster),
                new DescribeLogDirsHandler(cluster),
                new ElectLeadersHandler(cluster),
                new DescribeQuorumHandler(cluster),
                new DescribeAclsHandler(cluster),
                new DescribeScramHandler(cluster),
                new DescribeClientQuotasHandler(cluster)));
        handlers.addAll(ForwardingHandler.all(cluster));
        handlers.addAll(ReassignmentHandlers.of(cluster));
        handlers.addAll(TelemetryHandlers.of(cluster));
        handlers.addAll(SaslHandlers.all());
        return handlers;
    }
}
