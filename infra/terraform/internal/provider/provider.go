// SPDX-License-Identifier: Apache-2.0

// Package provider is Penstock for Terraform: a thin layer over the REST API, with one credential for everything.
package provider

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/path"
	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
)

const (
	usualRetries = 5
	usualTimeout = time.Minute
)

type provider struct {
	version string
	client  *api.Client
	tenant  string // whose things are meant where a configuration does not say
}

// New is a provider of this version, to be configured.
func New(version string) func() framework.Provider {
	return func() framework.Provider { return &provider{version: version} }
}

type providerModel struct {
	Endpoint       types.String `tfsdk:"endpoint"`
	APIKey         types.String `tfsdk:"api_key"`
	TenantID       types.String `tfsdk:"tenant_id"`
	CACertFile     types.String `tfsdk:"ca_cert_file"`
	MaxRetries     types.Int64  `tfsdk:"max_retries"`
	RequestTimeout types.String `tfsdk:"request_timeout"`
}

func (p *provider) Metadata(
	_ context.Context, _ framework.MetadataRequest, response *framework.MetadataResponse,
) {
	response.TypeName = "penstock"
	response.Version = p.version
}

func (p *provider) Schema(_ context.Context, _ framework.SchemaRequest, response *framework.SchemaResponse) {
	response.Schema = schema.Schema{
		MarkdownDescription: "Everything a platform team does with Penstock, a managed Kafka service: tenants, " +
			"buckets, fleets, clusters, topics and access. One API key is enough for all of it, topics and ACLs included.",
		Attributes: map[string]schema.Attribute{
			"endpoint": schema.StringAttribute{Optional: true,
				MarkdownDescription: "Where the API is, as `https://penstock.example.com`. Or `PENSTOCK_ENDPOINT`."},
			"api_key": schema.StringAttribute{Optional: true, Sensitive: true,
				MarkdownDescription: "An API key, `psk_…`. Or `PENSTOCK_API_KEY`."},
			"tenant_id": schema.StringAttribute{Optional: true,
				MarkdownDescription: "Whose clusters and service accounts are meant where a resource does not say. " +
					"Or `PENSTOCK_TENANT_ID`."},
			"ca_cert_file": schema.StringAttribute{Optional: true,
				MarkdownDescription: "A file with certificates (PEM) to trust beside those of the system. " +
					"Or `PENSTOCK_CA_CERT_FILE`."},
			"max_retries": schema.Int64Attribute{Optional: true,
				MarkdownDescription: fmt.Sprintf("How often a request is repeated that got no answer, or was told to "+
					"come back. Usually %d.", usualRetries),
				Validators: []validator.Int64{int64validator.Between(0, 100)}},
			"request_timeout": schema.StringAttribute{Optional: true,
				MarkdownDescription: "How long one attempt may take, as `90s`. Usually one minute.",
				Validators:          []validator.String{aDuration{}}},
		},
	}
}

func (p *provider) Configure(
	ctx context.Context, request framework.ConfigureRequest, response *framework.ConfigureResponse,
) {
	var model providerModel
	response.Diagnostics.Append(request.Config.Get(ctx, &model)...)
	if response.Diagnostics.HasError() {
		return
	}
	settings := api.Settings{
		Endpoint:   setting(model.Endpoint, "PENSTOCK_ENDPOINT"),
		APIKey:     setting(model.APIKey, "PENSTOCK_API_KEY"),
		MaxRetries: usualRetries,
		Timeout:    usualTimeout,
		UserAgent:  "terraform-provider-penstock/" + p.version + " terraform/" + request.TerraformVersion,
	}
	require(&response.Diagnostics, "endpoint", settings.Endpoint, "PENSTOCK_ENDPOINT")
	require(&response.Diagnostics, "api_key", settings.APIKey, "PENSTOCK_API_KEY")
	if retries := known(model.MaxRetries); retries != nil {
		settings.MaxRetries = int(*retries)
	}
	if !model.RequestTimeout.IsNull() {
		settings.Timeout, _ = time.ParseDuration(model.RequestTimeout.ValueString())
	}
	if file := setting(model.CACertFile, "PENSTOCK_CA_CERT_FILE"); file != "" {
		pem, err := os.ReadFile(file)
		if err != nil {
			response.Diagnostics.AddAttributeError(path.Root("ca_cert_file"), "Cannot read the certificates", err.Error())
		}
		settings.CACert = pem
	}
	if response.Diagnostics.HasError() {
		return
	}
	client, err := api.New(settings)
	if err != nil {
		response.Diagnostics.AddError("The provider cannot work like that", err.Error())
		return
	}
	ready := &provider{version: p.version, client: client, tenant: setting(model.TenantID, "PENSTOCK_TENANT_ID")}
	response.ResourceData = ready
	response.DataSourceData = ready
	response.EphemeralResourceData = ready
}

func setting(value types.String, variable string) string {
	if value.IsNull() || value.IsUnknown() {
		return os.Getenv(variable)
	}
	return value.ValueString()
}

func require(diagnostics *diag.Diagnostics, attribute, value, variable string) {
	if value == "" {
		diagnostics.AddAttributeError(path.Root(attribute), "The provider's "+attribute+" is missing",
			"Set it in the provider block, or "+variable+" in the environment.")
	}
}

// configured is what Configure left for resources; nil while Terraform only validates.
func configured(data any, diagnostics *diag.Diagnostics) *provider {
	if data == nil {
		return nil
	}
	ready, ok := data.(*provider)
	if !ok {
		diagnostics.AddError("The provider is broken", fmt.Sprintf("It was configured with a %T.", data))
	}
	return ready
}

func (p *provider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		tenants.resource, buckets.resource, fleets.resource, clusters.resource, authentications.resource,
		topics.resource, serviceAccounts.resource, credentials.resource, acls.resource, accesses.resource,
		quotas.resource, apiKeys.resource,
	}
}

func (p *provider) DataSources(context.Context) []func() datasource.DataSource {
	return dataSources()
}

func (p *provider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{
		func() ephemeral.EphemeralResource { return &ephemeralCredential{} },
		func() ephemeral.EphemeralResource { return &ephemeralAPIKey{} },
	}
}

func (p *provider) Functions(context.Context) []func() function.Function {
	return []func() function.Function{
		func() function.Function { return jaas{} },
		func() function.Function { return parseBootstrap{} },
		func() function.Function { return s3URI{} },
	}
}

var _ framework.ProviderWithEphemeralResources = (*provider)(nil)
var _ framework.ProviderWithFunctions = (*provider)(nil)

// aDuration is what Go reads as a duration.
type aDuration struct{}

func (aDuration) Description(context.Context) string               { return "a duration such as 24h or 90s" }
func (d aDuration) MarkdownDescription(ctx context.Context) string { return d.Description(ctx) }

func (d aDuration) ValidateString(
	ctx context.Context, request validator.StringRequest, response *validator.StringResponse,
) {
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() {
		return
	}
	if length, err := time.ParseDuration(request.ConfigValue.ValueString()); err != nil || length < 0 {
		response.Diagnostics.AddAttributeError(request.Path, "Not a duration", "Expected "+d.Description(ctx)+".")
	}
}
