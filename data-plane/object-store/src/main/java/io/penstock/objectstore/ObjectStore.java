// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A place that keeps immutable objects under keys, strongly consistent, with conditional puts.
///
/// Promises every implementation keeps (and `ObjectStoreContract` checks):
///
/// 1. Of any number of concurrent puts [if absent][PutCondition#ifAbsent()] on one key exactly one is stored;
///    likewise for puts [if version][PutCondition#ifVersion].
/// 2. What was answered `Stored` is durable, and seen by every later get, head and list of anybody.
/// 3. `Refused` is durable knowledge, too: the object that made it so survives any crash.
/// 4. Whatever is not certain is answered `Unknown` (or `Failed` for reads). An unknown put may also be applied
///    *later*. Implementations never retry a conditional put by themselves.
/// 5. A deleted key counts as absent.
///
/// Futures never complete exceptionally: outcomes are values. They may complete on any thread; callers hop to
/// their own executor. Nothing here blocks the caller for I/O.
public interface ObjectStore extends AutoCloseable {

    /// Puts one object, whole or not at all.
    ///
    /// The bytes between position and limit are read, possibly on other threads and until the future completes;
    /// the caller must not change them meanwhile. The buffer's own position is left alone.
    CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition);

    /// Reads the whole object.
    CompletableFuture<GetOutcome> get(ObjectKey key);

    /// Reads a part of the object. A range that reaches beyond the end is cut at the end; a range that starts at
    /// or beyond the end finds zero bytes.
    CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range);

    /// Asks for existence, size and version without reading bytes.
    CompletableFuture<HeadOutcome> head(ObjectKey key);

    /// Lists keys that start with `prefix` in lexicographic (UTF-8 byte) order, strictly after `after` if given, at
    /// most `limit` (1 to 1000).
    /// A listing is complete as of its start, but it is only ever used as a hint by the log.
    CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit);

    /// Removes the object. Deleting what is absent succeeds. There is no conditional delete: some stores ignore it.
    CompletableFuture<DeleteOutcome> delete(ObjectKey key);

    /// Releases connections and threads. Requests under way end as unknown.
    @Override
    void close();
}
