// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
)

const (
	usualLifetime = time.Hour
	// Private data: what is deleted when Terraform is done.
	issuedKey = "issued"
)

// shortLived is what both ephemeral resources share: what they opened is deleted when Terraform is done, and dies by
// itself when Terraform does.
type shortLived struct {
	at *provider
}

func (s *shortLived) Configure(
	_ context.Context, request ephemeral.ConfigureRequest, response *ephemeral.ConfigureResponse,
) {
	s.at = configured(request.ProviderData, &response.Diagnostics)
}

func (s *shortLived) Close(ctx context.Context, request ephemeral.CloseRequest, response *ephemeral.CloseResponse) {
	noted, diagnostics := request.Private.GetKey(ctx, issuedKey)
	response.Diagnostics.Append(diagnostics...)
	var path string
	if len(noted) == 0 || json.Unmarshal(noted, &path) != nil {
		return
	}
	if _, err := s.at.client.Delete(ctx, path); err != nil {
		report(&response.Diagnostics, "Cannot take back what was issued for this run", err)
	}
}

func opened(ctx context.Context, path string, model any, response *ephemeral.OpenResponse) {
	noted, _ := json.Marshal(path)
	response.Diagnostics.Append(response.Private.SetKey(ctx, issuedKey, noted)...)
	response.Diagnostics.Append(response.Result.Set(ctx, model)...)
}

func expiry(lifetime types.String) string {
	length := usualLifetime
	if !lifetime.IsNull() {
		length, _ = time.ParseDuration(lifetime.ValueString())
	}
	return time.Now().Add(length).UTC().Format(time.RFC3339)
}

func lifetimeAttribute() schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Validators: []validator.String{aDuration{}},
		MarkdownDescription: "After what time it stops working although nobody took it back, as `15m`. Usually an hour.",
	}
}

type ephemeralCredential struct {
	shortLived
}

type ephemeralCredentialModel struct {
	ClusterID        types.String `tfsdk:"cluster_id"`
	ServiceAccountID types.String `tfsdk:"service_account_id"`
	Mechanism        types.String `tfsdk:"mechanism"`
	Lifetime         types.String `tfsdk:"lifetime"`
	Username         types.String `tfsdk:"username"`
	Secret           types.String `tfsdk:"secret"`
}

func (*ephemeralCredential) Metadata(
	_ context.Context, _ ephemeral.MetadataRequest, response *ephemeral.MetadataResponse,
) {
	response.TypeName = "penstock_credential"
}

func (*ephemeralCredential) Schema(
	_ context.Context, _ ephemeral.SchemaRequest, response *ephemeral.SchemaResponse,
) {
	response.Schema = schema.Schema{
		MarkdownDescription: "A credential for the length of one run: no state holds it, and it is taken back at the end.",
		Attributes: map[string]schema.Attribute{
			"cluster_id":         schema.StringAttribute{Required: true, MarkdownDescription: "The cluster it opens."},
			"service_account_id": schema.StringAttribute{Required: true, MarkdownDescription: "For whom."},
			"mechanism": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "`SCRAM_SHA_512` (usually) or `SCRAM_SHA_256`.",
				Validators:          []validator.String{stringvalidator.OneOf("SCRAM_SHA_512", "SCRAM_SHA_256")},
			},
			"lifetime": lifetimeAttribute(),
			"username": schema.StringAttribute{Computed: true, MarkdownDescription: "What clients send as user name."},
			"secret": schema.StringAttribute{
				Computed: true, Sensitive: true, MarkdownDescription: "What clients send as password.",
			},
		},
	}
}

func (e *ephemeralCredential) Open(
	ctx context.Context, request ephemeral.OpenRequest, response *ephemeral.OpenResponse,
) {
	var model ephemeralCredentialModel
	if read(&response.Diagnostics, request.Config.Get(ctx, &model)) {
		return
	}
	collection := "/v1/clusters/" + escape(model.ClusterID) + "/credentials"
	var made api.Credential
	_, err := e.at.client.Post(ctx, collection, api.NewResource{Spec: api.CredentialSpec{
		ServiceAccountID: model.ServiceAccountID.ValueString(), Mechanism: model.Mechanism.ValueString(),
		ExpiresAt: expiry(model.Lifetime),
	}}, &made)
	if err != nil {
		report(&response.Diagnostics, "Cannot issue a credential for this run", err)
		return
	}
	model.Mechanism = types.StringValue(made.Spec.Mechanism)
	model.Username, model.Secret = types.StringValue(made.Status.Username), types.StringValue(made.Status.Secret)
	opened(ctx, collection+"/"+made.ID, &model, response)
}

type ephemeralAPIKey struct {
	shortLived
}

type ephemeralAPIKeyModel struct {
	Name     types.String `tfsdk:"name"`
	Role     types.String `tfsdk:"role"`
	TenantID types.String `tfsdk:"tenant_id"`
	Lifetime types.String `tfsdk:"lifetime"`
	ID       types.String `tfsdk:"id"`
	Secret   types.String `tfsdk:"secret"`
}

func (*ephemeralAPIKey) Metadata(
	_ context.Context, _ ephemeral.MetadataRequest, response *ephemeral.MetadataResponse,
) {
	response.TypeName = "penstock_api_key"
}

func (*ephemeralAPIKey) Schema(_ context.Context, _ ephemeral.SchemaRequest, response *ephemeral.SchemaResponse) {
	response.Schema = schema.Schema{
		MarkdownDescription: "An API key for the length of one run: no state holds it, and it is taken back at the end.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{Required: true, MarkdownDescription: "Its name."},
			"role": schema.StringAttribute{
				Required: true, MarkdownDescription: "What it may do, as in the resource `penstock_api_key`.",
				Validators: []validator.String{stringvalidator.OneOf(roles...)},
			},
			"tenant_id": schema.StringAttribute{
				Optional: true, MarkdownDescription: "To which tenant it is bound; left out: the whole organization.",
			},
			"lifetime": lifetimeAttribute(),
			"id":       schema.StringAttribute{Computed: true, MarkdownDescription: "Its id."},
			"secret": schema.StringAttribute{
				Computed: true, Sensitive: true, MarkdownDescription: "What is sent as bearer token.",
			},
		},
	}
}

func (e *ephemeralAPIKey) Open(
	ctx context.Context, request ephemeral.OpenRequest, response *ephemeral.OpenResponse,
) {
	var model ephemeralAPIKeyModel
	if read(&response.Diagnostics, request.Config.Get(ctx, &model)) {
		return
	}
	var made api.APIKey
	_, err := e.at.client.Post(ctx, "/v1/api-keys", api.NewResource{
		Metadata: &api.NewMetadata{Name: model.Name.ValueString(), TenantID: model.TenantID.ValueString()},
		Spec:     api.APIKeySpec{Role: model.Role.ValueString(), ExpiresAt: expiry(model.Lifetime)},
	}, &made)
	if err != nil {
		report(&response.Diagnostics, "Cannot issue an API key for this run", err)
		return
	}
	model.ID, model.Secret = types.StringValue(made.ID), types.StringValue(made.Status.Secret)
	opened(ctx, "/v1/api-keys/"+made.ID, &model, response)
}

// read tells whether something could not be read.
func read(diagnostics *diag.Diagnostics, found diag.Diagnostics) bool {
	diagnostics.Append(found...)
	return diagnostics.HasError()
}

var _ ephemeral.EphemeralResourceWithClose = (*ephemeralCredential)(nil)
var _ ephemeral.EphemeralResourceWithConfigure = (*ephemeralAPIKey)(nil)
