// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import java.nio.file.Path;

/// Where the broker's certificate is. The files are looked at again and again: who renews them restarts nothing.
///
/// @param certificateChain PEM, the broker's own certificate first
/// @param privateKey PEM (PKCS#8), not encrypted
public record TlsFiles(Path certificateChain, Path privateKey) {}
