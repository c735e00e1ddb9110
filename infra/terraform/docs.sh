#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes docs/ from the provider's schema and examples/, with the Terraform that is here.
set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/bin/" .
cat > "$work/dev.tfrc" <<RC
provider_installation {
  dev_overrides { "penstock-io/penstock" = "$work/bin" }
  direct {}
}
RC
mkdir "$work/empty"
cp examples/provider/provider.tf "$work/empty"
# tfplugindocs knows providers by their short name only, under the registry's default owner.
TF_CLI_CONFIG_FILE="$work/dev.tfrc" terraform -chdir="$work/empty" providers schema -json |
  sed 's#registry.terraform.io/penstock-io/penstock#registry.terraform.io/hashicorp/penstock#' > "$work/schema.json"
go run github.com/hashicorp/terraform-plugin-docs/cmd/tfplugindocs@v0.25.0 generate \
  --provider-name penstock --providers-schema "$work/schema.json"
