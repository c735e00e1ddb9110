// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

/// Why a setting is refused.
///
/// @param name of the setting
/// @param message names the setting and says what is allowed
public record ConfigProblem(String name, String message) {}
