// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
)

type serviceAccountModel struct {
	common
	TenantID    types.String `tfsdk:"tenant_id"`
	Description types.String `tfsdk:"description"`
	Principal   types.String `tfsdk:"principal"`
}

func (m *serviceAccountModel) from(found api.ServiceAccount) {
	m.fill(found.ID, found.Metadata)
	m.TenantID = types.StringValue(found.Metadata.TenantID)
	m.Description = types.StringValue(found.Spec.Description)
	m.Principal = types.StringValue(found.Status.Principal)
}

func serviceAccountAttributes() map[string]schema.Attribute {
	return commonAttributes("service account", "sa", map[string]schema.Attribute{
		"tenant_id":   settledString("Whose it is; left out: the provider's `tenant_id`."),
		"description": words("What it is for."),
		"principal":   computedString("As ACLs name it, `User:sa_…`.", stringplanmodifier.UseStateForUnknown()),
	})
}

var serviceAccounts = standard[serviceAccountModel, api.ServiceAccountSpec, api.ServiceAccountStatus]{
	path:   "/v1/service-accounts",
	common: func(m *serviceAccountModel) *common { return &m.common },
	tenant: func(m serviceAccountModel) types.String { return m.TenantID },
	spec: func(m, _ serviceAccountModel) any {
		return api.ServiceAccountSpec{Description: m.Description.ValueString()}
	},
	patch: func(m, _, _ serviceAccountModel) map[string]any {
		return map[string]any{"description": m.Description.ValueString()}
	},
	from: (*serviceAccountModel).from,
}.as(entity[serviceAccountModel]{
	name: "service_account", description: "A program of a tenant, as its clusters know it.",
	attributes: serviceAccountAttributes,
})

type apiKeyModel struct {
	common
	TenantID  types.String `tfsdk:"tenant_id"`
	Role      types.String `tfsdk:"role"`
	ExpiresAt types.String `tfsdk:"expires_at"`
	Secret    types.String `tfsdk:"secret"`
}

var roles = []string{"ORG_ADMIN", "OPERATOR", "TENANT_ADMIN", "DEVELOPER", "VIEWER", "METRICS_READER"}

func roleAttribute() schema.StringAttribute {
	attribute := requiredString("What it may do. One of `ORG_ADMIN`, `OPERATOR`, `TENANT_ADMIN`, `DEVELOPER`, "+
		"`VIEWER`, `METRICS_READER`.", replacing)
	attribute.Validators = []validator.String{stringvalidator.OneOf(roles...)}
	return attribute
}

var apiKeys = standard[apiKeyModel, api.APIKeySpec, api.APIKeyStatus]{
	path:   "/v1/api-keys",
	common: func(m *apiKeyModel) *common { return &m.common },
	tenant: func(m apiKeyModel) types.String { return m.TenantID },
	spec: func(m, _ apiKeyModel) any {
		return api.APIKeySpec{Role: m.Role.ValueString(), ExpiresAt: m.ExpiresAt.ValueString()}
	},
	patch: func(apiKeyModel, apiKeyModel, apiKeyModel) map[string]any { return nil },
	from: func(m *apiKeyModel, found api.APIKey) {
		m.fill(found.ID, found.Metadata)
		m.TenantID = nullable(found.Metadata.TenantID)
		m.Role = types.StringValue(found.Spec.Role)
		m.ExpiresAt = sameInstant(m.ExpiresAt, found.Spec.ExpiresAt)
		if m.Secret.IsUnknown() {
			m.Secret = types.StringNull()
		}
	},
	secret: func(m *apiKeyModel, made api.APIKey) { m.Secret = types.StringValue(made.Status.Secret) },
}.as(entity[apiKeyModel]{
	name: "api_key",
	description: "A credential for the API. The secret is shown once, at creation, and is in the state from then on: " +
		"the ephemeral resource `penstock_api_key` leaves no trace.",
	attributes: func() map[string]schema.Attribute {
		return commonAttributes("key", "key", map[string]schema.Attribute{
			"tenant_id": settledString(
				"To which tenant it is bound; left out: the provider's `tenant_id`, or if there is none the organization."),
			"role":       roleAttribute(),
			"expires_at": expiryAttribute("When it stops working (RFC 3339); left out: never.", replacing),
			"secret": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "What is sent as bearer token; null after an import.",
				PlanModifiers:       modifiers(stringplanmodifier.UseStateForUnknown()),
			},
		})
	},
})

type credentialModel struct {
	ID               types.String `tfsdk:"id"`
	ClusterID        types.String `tfsdk:"cluster_id"`
	ServiceAccountID types.String `tfsdk:"service_account_id"`
	Mechanism        types.String `tfsdk:"mechanism"`
	ExpiresAt        types.String `tfsdk:"expires_at"`
	SecretWO         types.String `tfsdk:"secret_wo"`
	SecretVersion    types.Int64  `tfsdk:"secret_wo_version"`
	RotationTrigger  types.Map    `tfsdk:"rotation_trigger"`
	RotationOverlap  types.String `tfsdk:"rotation_overlap"`
	Username         types.String `tfsdk:"username"`
	Secret           types.String `tfsdk:"secret"`
	PreviousID       types.String `tfsdk:"previous_id"`
}

func (m *credentialModel) collection() string {
	return "/v1/clusters/" + escape(m.ClusterID) + "/credentials"
}

func (m *credentialModel) issued(found api.Credential) {
	m.from(found)
	m.Secret = nullable(found.Status.Secret)
}

func (m *credentialModel) from(found api.Credential) {
	m.ID = types.StringValue(found.ID)
	m.ServiceAccountID = types.StringValue(found.Spec.ServiceAccountID)
	m.Mechanism = types.StringValue(found.Spec.Mechanism)
	m.ExpiresAt = sameInstant(m.ExpiresAt, found.Spec.ExpiresAt)
	m.Username = types.StringValue(found.Status.Username)
}

// rotates tells whether the difference asks for another secret.
func (m *credentialModel) rotates(state credentialModel) bool {
	return !m.RotationTrigger.Equal(state.RotationTrigger) || !m.SecretVersion.Equal(state.SecretVersion) ||
		!m.ExpiresAt.Equal(state.ExpiresAt)
}

var credentials = entity[credentialModel]{
	name: "credential",
	description: "A user name and a secret that open one cluster for a service account. It is rotated in place when " +
		"`rotation_trigger`, `secret_wo_version` or `expires_at` change; the one before works on for `rotation_overlap`.",
	attributes: func() map[string]schema.Attribute {
		return map[string]schema.Attribute{
			"id":                 computedString("Its id, `key_…`; changes when it is rotated. The import id is `<cluster id>/<id>`.", stringplanmodifier.UseStateForUnknown()),
			"cluster_id":         requiredString("The cluster it opens.", replacing),
			"service_account_id": requiredString("For whom.", replacing),
			"mechanism":          settledString("How it is proven. Over TLS `PLAIN` works with either.", "SCRAM_SHA_512", "SCRAM_SHA_256"),
			"expires_at":         expiryAttribute("When it stops working (RFC 3339); left out: never."),
			"secret_wo": schema.StringAttribute{
				Optional: true, WriteOnly: true,
				MarkdownDescription: "A secret of your own, 16 to 128 characters; never stored in the state. Left out: " +
					"the service draws one.",
				Validators: []validator.String{
					stringvalidator.LengthBetween(16, 128),
					stringvalidator.AlsoRequires(path.MatchRoot("secret_wo_version")),
				},
			},
			"secret_wo_version": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Counts up when `secret_wo` changed: Terraform cannot see that itself.",
			},
			"rotation_trigger": schema.MapAttribute{
				ElementType: types.StringType, Optional: true,
				MarkdownDescription: "Any values; when one changes, the credential is rotated.",
			},
			"rotation_overlap": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How long the one before works on after a rotation, as `24h` (the default); `0s`: " +
					"not at all.",
				Validators: []validator.String{aDuration{}},
			},
			"username": computedString("What clients send as user name.", stringplanmodifier.UseStateForUnknown()),
			"secret": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "What clients send as password; null with `secret_wo`, and after an import.",
				PlanModifiers:       modifiers(stringplanmodifier.UseStateForUnknown()),
			},
			"previous_id": computedString("The one before the last rotation; deleted with this one.",
				stringplanmodifier.UseStateForUnknown()),
		}
	},
	id: func(m *credentialModel) *types.String { return &m.ID },
	create: func(ctx context.Context, at *provider, m *credentialModel, config credentialModel) (outcome, error) {
		var made api.Credential
		_, err := at.client.Post(ctx, m.collection(), api.NewResource{Spec: api.CredentialSpec{
			ServiceAccountID: m.ServiceAccountID.ValueString(), Mechanism: m.Mechanism.ValueString(),
			ExpiresAt: m.ExpiresAt.ValueString(), Secret: config.SecretWO.ValueString(),
		}}, &made)
		if err != nil {
			return outcome{}, err
		}
		m.PreviousID = types.StringNull()
		m.issued(made)
		return outcome{}, nil
	},
	read: func(ctx context.Context, at *provider, m *credentialModel) (string, error) {
		var found api.Credential
		if err := at.client.Get(ctx, m.collection()+"/"+escape(m.ID), &found); err != nil {
			return "", err
		}
		m.from(found)
		return "", nil
	},
	update: func(ctx context.Context, at *provider, m *credentialModel, state, config credentialModel, _ string) error {
		if !m.rotates(state) {
			return nil
		}
		var made api.Credential
		_, err := at.client.Post(ctx, m.collection()+"/"+escape(state.ID)+"/rotations", api.CredentialRotation{
			Overlap: iso8601(m.RotationOverlap), ExpiresAt: m.ExpiresAt.ValueString(),
			Secret: config.SecretWO.ValueString(),
		}, &made)
		if err != nil {
			return err
		}
		m.PreviousID = state.ID
		m.issued(made)
		return nil
	},
	delete: func(ctx context.Context, at *provider, m credentialModel) (api.Answer, error) {
		if previous := m.PreviousID; !previous.IsNull() {
			if answer, err := at.client.Delete(ctx, m.collection()+"/"+escape(previous)); err != nil {
				return answer, err
			}
		}
		return at.client.Delete(ctx, m.collection()+"/"+escape(m.ID))
	},
	plan: func(_ context.Context, planned, state *credentialModel, _ credentialModel) diag.Diagnostics {
		if state != nil && planned.rotates(*state) {
			planned.ID, planned.Username = types.StringUnknown(), types.StringUnknown()
			planned.Secret, planned.PreviousID = types.StringUnknown(), types.StringUnknown()
		}
		return nil
	},
	importID: []string{"cluster_id", "id"},
}

func expiryAttribute(description string, more ...planModifier) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, MarkdownDescription: description, PlanModifiers: more,
		Validators: []validator.String{anInstant{}},
	}
}

// sameInstant keeps the written form of an instant that means the same.
func sameInstant(mine types.String, found string) types.String {
	theirs, err := time.Parse(time.RFC3339, found)
	if err != nil {
		return nullable(found)
	}
	if written, err := time.Parse(time.RFC3339, mine.ValueString()); err == nil && written.Equal(theirs) {
		return mine
	}
	return types.StringValue(found)
}

func iso8601(length types.String) string {
	if length.IsNull() {
		return ""
	}
	parsed, _ := time.ParseDuration(length.ValueString())
	return fmt.Sprintf("PT%dS", int64(parsed.Seconds()))
}

// anInstant is a point in time as RFC 3339 writes it.
type anInstant struct{}

func (anInstant) Description(context.Context) string {
	return "an instant such as 2030-01-31T12:00:00Z"
}
func (i anInstant) MarkdownDescription(ctx context.Context) string { return i.Description(ctx) }

func (i anInstant) ValidateString(
	ctx context.Context, request validator.StringRequest, response *validator.StringResponse,
) {
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() {
		return
	}
	if _, err := time.Parse(time.RFC3339, request.ConfigValue.ValueString()); err != nil {
		response.Diagnostics.AddAttributeError(request.Path, "Not an instant", "Expected "+i.Description(ctx)+".")
	}
}
