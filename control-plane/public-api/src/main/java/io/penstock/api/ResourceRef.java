// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// Names another resource.
public record ResourceRef(String kind, String id, String href) {}
