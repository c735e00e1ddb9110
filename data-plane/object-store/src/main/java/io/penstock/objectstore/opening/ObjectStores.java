// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.opening;

import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.file.FileObjectStore;
import io.penstock.objectstore.memory.MemoryObjectStore;
import io.penstock.objectstore.modelled.ModelledObjectStore;
import io.penstock.objectstore.modelled.StoreModel;
import io.penstock.objectstore.observed.ObservedObjectStore;
import io.penstock.objectstore.s3.S3Location;
import io.penstock.objectstore.s3.S3ObjectStore;
import java.io.IOException;
import software.amazon.awssdk.core.exception.SdkClientException;

/// Opens stores.
public final class ObjectStores {
    private ObjectStores() {}

    /// Opens the store a URI names, observed: measured, bounded in time, with reads and deletes tried again.
    ///
    /// Each call opens an independent connection. Blocks for a file store's folder; asks no server anything, so a
    /// bucket that is not there, or credentials that do not fit, show with the first request.
    ///
    /// @throws StoreUriException if the URI is wrong; its message says what to do
    public static ObservedObjectStore open(String uri, ObjectStoreEnvironment environment) {
        StoreUri parsed = StoreUri.parse(uri);
        if (parsed.model().isPresent() && !environment.modelledStoresAllowed()) {
            throw new StoreUriException(
                    StoreUriProblem.MODEL_NOT_ALLOWED, uri, "this asks for a modelled store.", null);
        }
        ObjectStore store = switch (parsed) {
            case StoreUri.Memory _ -> new MemoryObjectStore(environment.clock());
            case StoreUri.File file -> openFile(uri, file, environment);
            case StoreUri.S3 s3 -> openS3(uri, s3.location(), environment);
        };
        ObjectStore asModelled =
                parsed.model().isPresent() || environment.modelFile().isPresent()
                        ? modelled(store, parsed.model().orElse(StoreModel.perfect()), environment)
                        : store;
        return new ObservedObjectStore(
                asModelled,
                parsed.name(),
                environment.observed(),
                environment.health(),
                environment.scheduler(),
                environment.random(),
                environment.meters(),
                environment.healthListener());
    }

    private static ObjectStore modelled(ObjectStore store, StoreModel model, ObjectStoreEnvironment environment) {
        ModelledObjectStore modelled =
                new ModelledObjectStore(store, model, environment.random(), environment.scheduler());
        environment.modelFile().ifPresent(file -> ModelFile.follow(file, model, modelled, environment.scheduler()));
        return modelled;
    }

    private static ObjectStore openFile(String uri, StoreUri.File file, ObjectStoreEnvironment environment) {
        try {
            return FileObjectStore.open(
                    file.folder(),
                    environment.blocking(),
                    environment.random(),
                    environment.clock(),
                    environment.file());
        } catch (IOException | UnsupportedOperationException e) {
            throw new StoreUriException(
                    StoreUriProblem.FOLDER_UNUSABLE, uri, "the folder cannot be used (" + e + ").", e);
        }
    }

    private static ObjectStore openS3(String uri, S3Location location, ObjectStoreEnvironment environment) {
        try {
            return S3ObjectStore.open(location, environment.credentials(), environment.s3(), environment.scheduler());
        } catch (SdkClientException e) {
            if (location.region().isEmpty()) {
                throw new StoreUriException(StoreUriProblem.REGION_MISSING, uri, "no region is known.", e);
            }
            throw new StoreUriException(
                    StoreUriProblem.BAD_VALUE, uri, "no client can be made (" + e.getMessage() + ").", e);
        }
    }
}
