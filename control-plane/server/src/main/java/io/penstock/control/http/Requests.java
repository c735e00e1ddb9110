// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.CreateRequest;
import io.penstock.api.CreateRequest.NewMetadata;
import io.penstock.api.Metadata;
import io.penstock.api.Resource;
import io.penstock.api.UpdateRequest;
import io.penstock.control.access.Caller;
import io.penstock.control.operation.Requester;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Description;
import io.penstock.control.resource.ManagedResource;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/// What the bodies of all resources have in common, read and written.
final class Requests {
    private Requests() {}

    static Description description(CreateRequest<?> request, String kind, FieldChecks checks) {
        envelope(request, kind, checks);
        var metadata = metadata(request);
        return new Description(
                checks.name("/metadata/name", metadata.name()),
                checks.labels("/metadata/labels", metadata.labels()),
                Boolean.TRUE.equals(metadata.deletionProtection()));
    }

    static Description description(UpdateRequest<?> request, FieldChecks checks) {
        var metadata = request.metadata();
        if (metadata == null) {
            throw ProblemException.field("/metadata", "required", "a resource cannot lose its metadata");
        }
        return new Description(
                checks.name("/metadata/name", metadata.name()),
                checks.labels("/metadata/labels", metadata.labels()),
                Boolean.TRUE.equals(metadata.deletionProtection()));
    }

    static NewMetadata metadata(CreateRequest<?> request) {
        var metadata = request.metadata();
        return metadata == null ? new NewMetadata(null, null, null, null) : metadata;
    }

    static void envelope(CreateRequest<?> request, String kind, FieldChecks checks) {
        var apiVersion = request.apiVersion();
        var given = request.kind();
        checks.that(
                apiVersion == null || apiVersion.equals(Resource.API_VERSION),
                "/api_version",
                "unknown_value",
                "'" + Resource.API_VERSION + "'");
        checks.that(given == null || given.equals(kind), "/kind", "unknown_value", "'" + kind + "'");
    }

    static Requester requester(Caller caller, HttpServletRequest request) {
        return new Requester(caller, RequestIdFilter.of(request), IdempotencyFilter.keyOf(request));
    }

    static Metadata metadata(ManagedResource resource, @Nullable String tenantId, String self) {
        return new Metadata(
                resource.name(),
                tenantId,
                resource.labels(),
                resource.createdAt(),
                resource.updatedAt(),
                resource.createdBy(),
                Long.toString(resource.version()),
                self,
                resource.deletionProtection());
    }

    /// The part of a resource's metadata that a PATCH may touch.
    static UpdateRequest.Metadata changeable(ManagedResource resource) {
        return new UpdateRequest.Metadata(resource.name(), resource.labels(), resource.deletionProtection());
    }
}
