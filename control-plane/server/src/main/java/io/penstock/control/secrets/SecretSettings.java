// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.secrets;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/// @param secretsKeyFile 32 random bytes in base64, mode 0600; made at first start if its folder is writable. Null:
///     secrets cannot be kept, and whoever sends one to be kept is told so
@ConfigurationProperties("penstock")
record SecretSettings(@Nullable Path secretsKeyFile) {}
