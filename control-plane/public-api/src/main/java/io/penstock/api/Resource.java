// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// The envelope of everything that has a life of its own: what was wished for (`spec`) and what is (`status`).
///
/// @param <S> the wish
/// @param <T> what is
public record Resource<S, T>(String apiVersion, String kind, String id, Metadata metadata, S spec, T status) {
    public static final String API_VERSION = "penstock/v1";

    public static <S, T> Resource<S, T> of(String kind, String id, Metadata metadata, S spec, T status) {
        return new Resource<>(API_VERSION, kind, id, metadata, spec, status);
    }
}
