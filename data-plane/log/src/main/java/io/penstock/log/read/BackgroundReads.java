// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import io.penstock.log.format.CorruptObject;
import io.penstock.log.wal.PatientStore;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Reads what is rewritten in the background: neighbouring pieces of an object by one request, and never
/// more requests at once than the cluster's budget, so that clients' reads and recoveries find the store
/// free.
///
/// Past the block cache: what is read here is not read again. On the actor.
public final class BackgroundReads {
    /// What lies between two pieces is read along if it is no more.
    private static final int GAP = 64 << 10;

    private static final int MAX_BYTES_PER_GET = 8 << 20;

    private final PatientStore store;
    private final int atOnce;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int underWay;

    public BackgroundReads(PatientStore store, int atOnce) {
        this.store = store;
        this.atOnce = atOnce;
    }

    /// A part of an object.
    public record Piece(ObjectKey object, int position, int size) {}

    /// One request, and which pieces it brings.
    private static final class Stretch {
        final ObjectKey object;
        final int position;
        int end;
        final List<Integer> pieces = new ArrayList<>();

        Stretch(ObjectKey object, Piece first) {
            this.object = object;
            this.position = first.position();
            this.end = first.position() + first.size();
        }

        boolean takes(Piece piece) {
            return piece.position() - end <= GAP && piece.position() + piece.size() - position <= MAX_BYTES_PER_GET;
        }
    }

    /// @return the bytes of each piece, in the order of the pieces; completes exceptionally with
    /// [BatchReader.Vanished] if an object is gone, and with [CorruptObject] if it is too short
    public CompletableFuture<List<ByteBuffer>> read(List<Piece> pieces) {
        ByteBuffer[] found = new ByteBuffer[pieces.size()];
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (Stretch stretch : stretches(pieces)) {
            all.add(fetch(stretch).thenAccept(bytes -> {
                for (int number : stretch.pieces) {
                    Piece piece = pieces.get(number);
                    found[number] = bytes.slice(piece.position() - stretch.position, piece.size());
                }
            }));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(_ -> List.of(found));
    }

    private static List<Stretch> stretches(List<Piece> pieces) {
        Map<ObjectKey, List<Integer>> byObject = new LinkedHashMap<>();
        for (int i = 0; i < pieces.size(); i++) {
            byObject.computeIfAbsent(pieces.get(i).object(), _ -> new ArrayList<>())
                    .add(i);
        }
        List<Stretch> stretches = new ArrayList<>();
        byObject.forEach((object, numbers) -> {
            numbers.sort(Comparator.comparingInt(number -> pieces.get(number).position()));
            Stretch current = null;
            for (int number : numbers) {
                Piece piece = pieces.get(number);
                if (current == null || !current.takes(piece)) {
                    current = new Stretch(object, piece);
                    stretches.add(current);
                }
                current.end = Math.max(current.end, piece.position() + piece.size());
                current.pieces.add(number);
            }
        });
        return stretches;
    }

    private CompletableFuture<ByteBuffer> fetch(Stretch stretch) {
        CompletableFuture<ByteBuffer> result = new CompletableFuture<>();
        waiting.addLast(() -> {
            int size = stretch.end - stretch.position;
            store.get(stretch.object, new ByteRange(stretch.position, size)).thenAccept(answer -> {
                underWay--;
                next();
                arrived(stretch, size, answer, result);
            });
        });
        next();
        return result;
    }

    private static void arrived(
            Stretch stretch, int size, Optional<GetOutcome.Found> answer, CompletableFuture<ByteBuffer> result) {
        if (answer.isEmpty()) {
            result.completeExceptionally(new BatchReader.Vanished(stretch.object));
        } else if (answer.get().bytes().remaining() < size) {
            result.completeExceptionally(new CorruptObject(
                    stretch.object.value(),
                    "ends before the " + size + " bytes at " + stretch.position + " that belong there"));
        } else {
            result.complete(answer.get().bytes().slice());
        }
    }

    private void next() {
        while (underWay < atOnce && !waiting.isEmpty()) {
            underWay++;
            waiting.removeFirst().run();
        }
    }
}
