// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.s3;

import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.ObjectVersion;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/// An object store in a bucket of an S3-compatible server.
///
/// Sends every request once: the SDK's own retries are off, because a repeated conditional put is refused by its own
/// first attempt. A put is refused only by an answer that says so (412, or 404 to `If-Match`); everything else that is
/// not a success is unknown.
///
/// A version is the server's ETag. Most servers make it from the bytes alone, so who relies on versions never writes
/// the same bytes twice.
public final class S3ObjectStore implements ObjectStore {
    private final S3AsyncClient client;
    private final S3Location location;
    private volatile boolean closed;

    private S3ObjectStore(S3AsyncClient client, S3Location location) {
        this.client = client;
        this.location = location;
    }

    /// Opens the store; asks the server nothing yet.
    ///
    /// @param scheduler for time-outs; not closed with the store
    public static S3ObjectStore open(
            S3Location location,
            AwsCredentialsProvider credentials,
            S3Settings settings,
            ScheduledExecutorService scheduler) {
        var builder = S3AsyncClient.builder()
                .credentialsProvider(credentials)
                .forcePathStyle(location.pathStyle())
                // A put carries the CRC32C we compute; nothing is trailed behind the body, which some servers dislike.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                .serviceConfiguration(S3Configuration.builder()
                        .expectContinueEnabled(false)
                        .chunkedEncodingEnabled(false)
                        .build())
                .asyncConfiguration(async ->
                        async.advancedOption(SdkAdvancedAsyncClientOption.FUTURE_COMPLETION_EXECUTOR, Runnable::run))
                .overrideConfiguration(override -> override.retryStrategy(DefaultRetryStrategy.doNotRetry())
                        .apiCallTimeout(settings.requestTimeout())
                        .scheduledExecutorService(scheduler))
                .httpClientBuilder(NettyNioAsyncHttpClient.builder()
                        .maxConcurrency(settings.maxConnections())
                        .maxPendingConnectionAcquires(Integer.MAX_VALUE)
                        .connectionAcquisitionTimeout(settings.requestTimeout())
                        .connectionTimeout(settings.connectTimeout())
                        .readTimeout(settings.idleTimeout())
                        .writeTimeout(settings.idleTimeout())
                        .tcpKeepAlive(true));
        location.endpoint().ifPresent(builder::endpointOverride);
        location.region().map(Region::of).ifPresent(builder::region);
        return new S3ObjectStore(builder.build(), location);
    }

    @Override
    public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        ByteBuffer source = bytes.asReadOnlyBuffer();
        return this.<PutOutcome>answer(
                () -> {
                    var request = PutObjectRequest.builder()
                            .bucket(location.bucket())
                            .key(location.keyOf(key))
                            .contentLength((long) source.remaining())
                            .checksumCRC32C(crc32c(source));
                    switch (condition) {
                        case PutCondition.Always() -> {}
                        case PutCondition.IfAbsent() -> request.ifNoneMatch("*");
                        case PutCondition.IfVersion(ObjectVersion version) -> request.ifMatch(version.token());
                    }
                    return client.putObject(
                                    request.build(), AsyncRequestBody.fromRemainingByteBufferUnsafe(source.duplicate()))
                            .thenApply(response -> new PutOutcome.Stored(new ObjectVersion(response.eTag())));
                },
                failure -> isRefusal(failure, condition) ? new PutOutcome.Refused() : new PutOutcome.Unknown(failure));
    }

    private static boolean isRefusal(Throwable failure, PutCondition condition) {
        if (!(failure instanceof S3Exception answer) || answer instanceof NoSuchBucketException) {
            return false;
        }
        return switch (condition) {
            case PutCondition.Always() -> false;
            case PutCondition.IfAbsent() -> answer.statusCode() == 412;
            case PutCondition.IfVersion _ ->
                answer.statusCode() == 412 || (answer.statusCode() == 404 && isAbout("NoSuchKey", answer));
        };
    }

    private static boolean isAbout(String code, S3Exception answer) {
        return answer.awsErrorDetails() != null
                && code.equals(answer.awsErrorDetails().errorCode());
    }

    private static String crc32c(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        byte[] bigEndian =
                ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
        return Base64.getEncoder().encodeToString(bigEndian);
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key) {
        return this.<GetOutcome>answer(
                () -> client.getObject(
                                request -> request.bucket(location.bucket()).key(location.keyOf(key)),
                                AsyncResponseTransformer.toBytes())
                        .thenApply(S3ObjectStore::whole),
                S3ObjectStore::absentOrFailed);
    }

    private static GetOutcome whole(ResponseBytes<GetObjectResponse> response) {
        ByteBuffer bytes = ByteBuffer.wrap(response.asByteArrayUnsafe()).asReadOnlyBuffer();
        return new GetOutcome.Found(new ObjectVersion(response.response().eTag()), bytes, bytes.remaining());
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
        CompletableFuture<GetOutcome> answer = answer(
                () -> client.getObject(
                                request -> request.bucket(location.bucket())
                                        .key(location.keyOf(key))
                                        .range(header(range)),
                                AsyncResponseTransformer.toBytes())
                        .thenApply(response -> part(response, range)),
                S3ObjectStore::absentOrFailed);
        return answer.thenCompose(outcome -> switch (outcome) {
            case GetOutcome.Failed(Throwable cause) when isStatus(cause, 416) -> nothingOf(key);
            case GetOutcome.Failed _, GetOutcome.Found _, GetOutcome.Absent _ ->
                CompletableFuture.completedFuture(outcome);
        });
    }

    private static String header(ByteRange range) {
        return range.isFromEnd() ? "bytes=-" + range.length() : "bytes=" + range.start() + "-" + (range.end() - 1);
    }

    private static GetOutcome part(ResponseBytes<GetObjectResponse> response, ByteRange range) {
        ByteBuffer bytes = ByteBuffer.wrap(response.asByteArrayUnsafe()).asReadOnlyBuffer();
        String contentRange = response.response().contentRange();
        ObjectVersion version = new ObjectVersion(response.response().eTag());
        if (contentRange == null) {
            // The server ignored the range and sent everything (RFC 9110 section 14.2 allows it).
            int size = bytes.remaining();
            int start = (int) range.startIn(size);
            return new GetOutcome.Found(version, bytes.slice(start, (int) range.endIn(size) - start), size);
        }
        long size = Long.parseLong(contentRange.substring(contentRange.lastIndexOf('/') + 1));
        return new GetOutcome.Found(version, bytes, size);
    }

    /// The range starts at or beyond the end: zero bytes, with the size and version a range answer would have told.
    private CompletableFuture<GetOutcome> nothingOf(ObjectKey key) {
        return head(key).thenApply(outcome -> switch (outcome) {
            case HeadOutcome.Found(ObjectVersion version, long size) ->
                new GetOutcome.Found(version, ByteBuffer.allocate(0).asReadOnlyBuffer(), size);
            case HeadOutcome.Absent() -> new GetOutcome.Absent();
            case HeadOutcome.Failed(Throwable cause) -> new GetOutcome.Failed(cause);
        });
    }

    private static GetOutcome absentOrFailed(Throwable failure) {
        return isAbsence(failure) ? new GetOutcome.Absent() : new GetOutcome.Failed(failure);
    }

    private static boolean isAbsence(Throwable failure) {
        return isStatus(failure, 404) && !(failure instanceof NoSuchBucketException);
    }

    private static boolean isStatus(Throwable failure, int status) {
        return failure instanceof S3Exception answer && answer.statusCode() == status;
    }

    @Override
    public CompletableFuture<HeadOutcome> head(ObjectKey key) {
        return this.<HeadOutcome>answer(
                () -> client.headObject(
                                request -> request.bucket(location.bucket()).key(location.keyOf(key)))
                        .thenApply(response ->
                                new HeadOutcome.Found(new ObjectVersion(response.eTag()), response.contentLength())),
                failure -> isAbsence(failure) ? new HeadOutcome.Absent() : new HeadOutcome.Failed(failure));
    }

    @Override
    public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
        ListOutcome.requireLimit(limit);
        return this.<ListOutcome>answer(
                () -> page(prefix, after, limit, null, new ArrayList<>()), ListOutcome.Failed::new);
    }

    /// Servers may answer fewer than asked for, and things that are not ours are left out: go on until it is enough.
    private CompletableFuture<ListOutcome> page(
            String prefix,
            Optional<ObjectKey> after,
            int limit,
            @Nullable String continuation,
            List<ListOutcome.Entry> found) {
        return client.listObjectsV2(request -> {
                    request.bucket(location.bucket())
                            .prefix(location.keyOf(prefix))
                            .maxKeys(limit - found.size());
                    if (continuation == null) {
                        after.ifPresent(key -> request.startAfter(location.keyOf(key)));
                    } else {
                        request.continuationToken(continuation);
                    }
                })
                .thenCompose(response -> {
                    response.contents().forEach(object -> entry(object).ifPresent(found::add));
                    String next = continuation(response);
                    return next == null || found.size() >= limit
                            ? CompletableFuture.completedFuture(new ListOutcome.Listed(found, next != null))
                            : page(prefix, after, limit, next, found);
                });
    }

    private static @Nullable String continuation(ListObjectsV2Response response) {
        return Boolean.TRUE.equals(response.isTruncated()) ? response.nextContinuationToken() : null;
    }

    private Optional<ListOutcome.Entry> entry(S3Object object) {
        return location.objectKey(object.key())
                .map(key -> new ListOutcome.Entry(
                        key, object.size(), object.lastModified().toEpochMilli()));
    }

    @Override
    public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
        return this.<DeleteOutcome>answer(
                () -> client.deleteObject(
                                request -> request.bucket(location.bucket()).key(location.keyOf(key)))
                        .thenApply(_ -> new DeleteOutcome.Deleted()),
                failure -> isAbsence(failure) ? new DeleteOutcome.Deleted() : new DeleteOutcome.Unknown(failure));
    }

    @Override
    public void close() {
        closed = true;
        client.close();
    }

    private <T> CompletableFuture<T> answer(
            Supplier<? extends CompletableFuture<? extends T>> request, Function<Throwable, ? extends T> failure) {
        if (closed) {
            return CompletableFuture.completedFuture(failure.apply(
                    new IllegalStateException("the store in bucket " + location.bucket() + " is closed")));
        }
        try {
            return request.get().<T>thenApply(outcome -> outcome).exceptionally(e -> failure.apply(causeOf(e)));
        } catch (RuntimeException e) {
            return CompletableFuture.completedFuture(failure.apply(e));
        }
    }

    private static Throwable causeOf(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
