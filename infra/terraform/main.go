// SPDX-License-Identifier: Apache-2.0

// The Terraform provider of Penstock.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/penstock-io/terraform-provider-penstock/internal/provider"
)

// version is set by the build.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "wait for a debugger instead of for Terraform")
	flag.Parse()
	err := providerserver.Serve(context.Background(), provider.New(version), providerserver.ServeOpts{
		Address: "registry.terraform.io/penstock-io/penstock",
		Debug:   *debug,
	})
	if err != nil {
		log.Fatal(err)
	}
}
