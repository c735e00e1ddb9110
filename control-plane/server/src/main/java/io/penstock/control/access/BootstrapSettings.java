// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// @param apiKeyFile where the first start writes an ORG_ADMIN key (0600); null: nowhere, no key is made
@ConfigurationProperties("penstock.bootstrap")
public record BootstrapSettings(@Nullable Path apiKeyFile) {}
