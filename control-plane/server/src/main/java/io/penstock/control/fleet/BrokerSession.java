// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.penstock.brokerapi.v1.ControlMessage;
import io.penstock.brokerapi.v1.EntryStored;
import io.penstock.metadata.EncodedEntry;
import java.util.HashMap;
import java.util.Map;

/// One stream to one broker process. Messages leave in the order of the calls.
///
/// A broker that does not read (it is frozen, or far behind) is not buried: of the entries it missed it gets the
/// newest of each cluster once it reads again, and finds those before it in the bucket.
final class BrokerSession {
    private final String brokerId;
    private final ServerCallStreamObserver<ControlMessage> out;
    private final Map<String, EncodedEntry> missed = new HashMap<>();
    private boolean over;

    BrokerSession(String brokerId, ServerCallStreamObserver<ControlMessage> out) {
        this.brokerId = brokerId;
        this.out = out;
    }

    String brokerId() {
        return brokerId;
    }

    synchronized void send(ControlMessage message) {
        if (!over && !out.isCancelled()) {
            out.onNext(message);
        }
    }

    synchronized void push(String clusterId, EncodedEntry entry) {
        if (out.isReady()) {
            missed.remove(clusterId);
            send(message(clusterId, entry));
        } else {
            missed.merge(clusterId, entry, (old, next) -> next.number() >= old.number() ? next : old);
        }
    }

    /// The broker reads again.
    synchronized void ready() {
        missed.forEach((clusterId, entry) -> send(message(clusterId, entry)));
        missed.clear();
    }

    /// Ends the stream from our side.
    synchronized void end() {
        if (!over) {
            over = true;
            if (!out.isCancelled()) {
                out.onCompleted();
            }
        }
    }

    private static ControlMessage message(String clusterId, EncodedEntry entry) {
        return ControlMessage.newBuilder()
                .setEntryStored(EntryStored.newBuilder()
                        .setClusterId(clusterId)
                        .setNumber(entry.number())
                        .setEntry(ByteString.copyFrom(entry.buffer())))
                .build();
    }
}
