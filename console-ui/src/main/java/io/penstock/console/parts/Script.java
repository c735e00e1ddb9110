// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

/// The same as a click, for those who would rather have it in a file.
///
/// @param tool such as `curl` or `Terraform`
public record Script(String tool, String text) {}
