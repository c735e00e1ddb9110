// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/penstock-io/terraform-provider-penstock/internal/provider"
)

// The pages in docs/ are generated (./docs.sh), and say what the schemas say.
func TestDocsAreOfThisProvider(t *testing.T) {
	ctx := context.Background()
	made := provider.New("test")()
	for _, construct := range made.Resources(ctx) {
		one := construct()
		var named resource.MetadataResponse
		var described resource.SchemaResponse
		one.Metadata(ctx, resource.MetadataRequest{ProviderTypeName: "penstock"}, &named)
		one.Schema(ctx, resource.SchemaRequest{}, &described)
		page := page(t, "resources", named.TypeName)
		for name, attribute := range described.Schema.Attributes {
			mentions(t, page, named.TypeName, name, attribute.GetMarkdownDescription())
		}
	}
	for _, construct := range made.DataSources(ctx) {
		one := construct()
		var named datasource.MetadataResponse
		var described datasource.SchemaResponse
		one.Metadata(ctx, datasource.MetadataRequest{ProviderTypeName: "penstock"}, &named)
		one.Schema(ctx, datasource.SchemaRequest{}, &described)
		page := page(t, "data-sources", named.TypeName)
		for name, attribute := range described.Schema.Attributes {
			mentions(t, page, named.TypeName, name, attribute.GetMarkdownDescription())
		}
	}
}

func page(t *testing.T, folder, typeName string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", folder, strings.TrimPrefix(typeName, "penstock_")+".md"))
	must(t, err)
	return string(text)
}

func mentions(t *testing.T, page, typeName, name, description string) {
	t.Helper()
	if !strings.Contains(page, "`"+name+"`") || !strings.Contains(page, description) {
		t.Errorf("docs: %s.%s is not as the schema has it: run ./docs.sh", typeName, name)
	}
}
