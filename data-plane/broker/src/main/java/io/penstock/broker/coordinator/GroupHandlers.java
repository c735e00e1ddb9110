// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.RequestHandler;
import java.util.List;

/// All handlers of this package.
public final class GroupHandlers {
    private GroupHandlers() {}

    public static List<RequestHandler> of(GroupHome groups) {
        return List.of(
                new TxnOffsetCommitHandler(groups),
                new JoinGroupHandler(groups),
                new SyncGroupHandler(groups),
                new HeartbeatHandler(groups),
                new LeaveGroupHandler(groups),
                new DescribeGroupsHandler(groups),
                new ListGroupsHandler(groups),
                new DeleteGroupsHandler(groups),
                new OffsetCommitHandler(groups),
                new OffsetFetchHandler(groups),
                new OffsetDeleteHandler(groups),
                new ConsumerGroupHeartbeatHandler(groups),
                new ConsumerGroupDescribeHandler(groups),
                new StreamsGroupHeartbeatHandler(groups, groups.autoCreation()),
                new StreamsGroupDescribeHandler(groups));
    }
}
