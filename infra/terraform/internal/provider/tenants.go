// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
)

type tenantModel struct {
	common
	Description types.String `tfsdk:"description"`
}

func (m *tenantModel) from(found api.Tenant) {
	m.fill(found.ID, found.Metadata)
	m.Description = types.StringValue(found.Spec.Description)
}

func tenantAttributes() map[string]schema.Attribute {
	return commonAttributes("tenant", "tn", map[string]schema.Attribute{"description": words("What it is for.")})
}

var tenants = standard[tenantModel, api.TenantSpec, api.Phased]{
	path:   "/v1/tenants",
	common: func(m *tenantModel) *common { return &m.common },
	spec:   func(m, _ tenantModel) any { return api.TenantSpec{Description: m.Description.ValueString()} },
	patch: func(m, _, _ tenantModel) map[string]any {
		return map[string]any{"description": m.Description.ValueString()}
	},
	from: (*tenantModel).from,
}.as(entity[tenantModel]{
	name: "tenant", description: "A customer: clusters and service accounts belong to one.",
	attributes: tenantAttributes,
})

// bucketFacts are what everybody may know of a bucket.
type bucketFacts struct {
	common
	URI        types.String `tfsdk:"uri"`
	Phase      types.String `tfsdk:"phase"`
	VerifiedAt types.String `tfsdk:"verified_at"`
}

type bucketModel struct {
	bucketFacts
	AccessKeyID       types.String `tfsdk:"access_key_id"`
	SecretAccessKeyWO types.String `tfsdk:"secret_access_key_wo"`
	SecretVersion     types.Int64  `tfsdk:"secret_access_key_wo_version"`
}

func (m *bucketFacts) from(found api.Bucket) {
	m.fill(found.ID, found.Metadata)
	m.URI = types.StringValue(found.Spec.URI)
	m.Phase = types.StringValue(found.Status.Phase)
	m.VerifiedAt = types.StringNull()
	if found.Status.Verification != nil {
		m.VerifiedAt = nullable(found.Status.Verification.VerifiedAt)
	}
}

func bucketAttributes() map[string]schema.Attribute {
	return commonAttributes("bucket", "bkt", map[string]schema.Attribute{
		"uri": requiredString("Where it is: `s3://bucket/root?endpoint=…&region=…&path_style=true` "+
			"(the function `s3_uri` writes it), or `file:/FOLDER`.", replacing),
		"phase":       computedString("`READY` when it was certified."),
		"verified_at": computedString("When it was certified last."),
	})
}

func (m *bucketModel) credentials(config bucketModel) *api.BucketCredentials {
	if m.AccessKeyID.IsNull() {
		return nil
	}
	return &api.BucketCredentials{
		AccessKeyID: m.AccessKeyID.ValueString(), SecretAccessKey: config.SecretAccessKeyWO.ValueString(),
	}
}

var buckets = standard[bucketModel, api.BucketSpec, api.BucketStatus]{
	path:   "/v1/buckets",
	common: func(m *bucketModel) *common { return &m.common },
	spec: func(m, config bucketModel) any {
		return api.BucketSpec{URI: m.URI.ValueString(), Credentials: m.credentials(config)}
	},
	patch: func(m, state, config bucketModel) map[string]any {
		given := m.credentials(config)
		if given == nil || (m.AccessKeyID.Equal(state.AccessKeyID) && m.SecretVersion.Equal(state.SecretVersion)) {
			return nil
		}
		return map[string]any{"credentials": given}
	},
	from: func(m *bucketModel, found api.Bucket) { m.from(found) },
}.as(entity[bucketModel]{
	name: "bucket",
	description: "An object-store location. It is certified before it is registered: a store that does not keep the " +
		"promises the log hangs on is refused.",
	attributes: func() map[string]schema.Attribute {
		attributes := bucketAttributes()
		attributes["access_key_id"] = schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "The id of an S3 key pair. Left out: the keys of the control plane's and the brokers' " +
				"environment.",
			Validators: []validator.String{
				stringvalidator.AlsoRequires(path.MatchRoot("secret_access_key_wo")),
			},
		}
		attributes["secret_access_key_wo"] = schema.StringAttribute{
			Optional: true, WriteOnly: true, MarkdownDescription: "Its secret; never stored in the state.",
			Validators: []validator.String{
				stringvalidator.AlsoRequires(path.MatchRoot("access_key_id")),
			},
		}
		attributes["secret_access_key_wo_version"] = schema.Int64Attribute{
			Optional: true, MarkdownDescription: "Counts up when the secret changed: Terraform cannot see that itself.",
		}
		return attributes
	},
	precious: true,
})

type fleetModel struct {
	common
	DesiredBrokers types.Int64  `tfsdk:"desired_brokers"`
	Zones          types.List   `tfsdk:"zones"`
	Provisioning   types.String `tfsdk:"provisioning"`
	Autoscaling    types.Object `tfsdk:"autoscaling"`
	Phase          types.String `tfsdk:"phase"`
	Brokers        types.Int64  `tfsdk:"brokers"`
	Serving        types.Int64  `tfsdk:"serving"`
}

func (m *fleetModel) from(found api.Fleet) {
	m.fill(found.ID, found.Metadata)
	m.DesiredBrokers = types.Int64PointerValue(found.Spec.DesiredBrokers)
	m.Provisioning = types.StringValue(found.Spec.Provisioning)
	if len(found.Spec.Zones) > 0 || !m.Zones.IsNull() {
		m.Zones, _ = types.ListValueFrom(context.Background(), types.StringType, found.Spec.Zones)
	} else {
		m.Zones = types.ListNull(types.StringType)
	}
	m.Autoscaling = types.ObjectNull(autoscalingTypes)
	if found.Spec.Autoscaling != nil {
		m.Autoscaling, _ = types.ObjectValueFrom(context.Background(), autoscalingTypes, found.Spec.Autoscaling)
	}
	m.Phase = types.StringValue(found.Status.Phase)
	m.Brokers = types.Int64Value(found.Status.Brokers)
	m.Serving = types.Int64Value(found.Status.Serving)
}

var autoscalingTypes = map[string]attr.Type{
	"min_brokers": types.Int64Type, "max_brokers": types.Int64Type, "bytes_per_second": types.Int64Type,
}

func (m *fleetModel) zones() []string {
	zones := []string{} // none: the API takes no null
	if !m.Zones.IsNull() {
		m.Zones.ElementsAs(context.Background(), &zones, false)
	}
	return zones
}

func (m *fleetModel) autoscaling() *api.Autoscaling {
	if m.Autoscaling.IsNull() {
		return nil
	}
	rule := &api.Autoscaling{}
	m.Autoscaling.As(context.Background(), rule, basetypes.ObjectAsOptions{})
	return rule
}

func fleetAttributes() map[string]schema.Attribute {
	desired := optionalInt("How many brokers there should be; with `autoscaling` better left out.")
	desired.Validators = []validator.Int64{int64validator.Between(0, 1000)}
	return commonAttributes("fleet", "flt", map[string]schema.Attribute{
		"desired_brokers": desired,
		"zones": schema.ListAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "Over which zones its brokers are spread; a whole one may die at once.",
		},
		"provisioning": settledString("Who starts its brokers: the control plane, or whoever joins with a one-time token.",
			"MANAGED", "JOINED"),
		"autoscaling": schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "The rule by which `desired_brokers` follows the load.",
			Attributes: map[string]schema.Attribute{
				"min_brokers":      schema.Int64Attribute{Required: true, MarkdownDescription: "Never fewer."},
				"max_brokers":      schema.Int64Attribute{Required: true, MarkdownDescription: "Never more."},
				"bytes_per_second": schema.Int64Attribute{Required: true, MarkdownDescription: "What one broker is meant to carry."},
			},
		},
		"phase":   computedString("`READY` when as many serve as are desired."),
		"brokers": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many broker processes there are."},
		"serving": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many of them serve."},
	})
}

var fleets = standard[fleetModel, api.FleetSpec, api.FleetStatus]{
	path:   "/v1/fleets",
	common: func(m *fleetModel) *common { return &m.common },
	spec: func(m, _ fleetModel) any {
		return api.FleetSpec{
			DesiredBrokers: known(m.DesiredBrokers), Zones: m.zones(), Provisioning: m.Provisioning.ValueString(),
			Autoscaling: m.autoscaling(),
		}
	},
	patch: func(m, state, _ fleetModel) map[string]any {
		spec := map[string]any{"zones": m.zones(), "autoscaling": m.autoscaling()}
		// The number that is there may be the rule's, and have changed since.
		if !m.DesiredBrokers.Equal(state.DesiredBrokers) {
			spec["desired_brokers"] = m.DesiredBrokers.ValueInt64()
		}
		return spec
	},
	from: (*fleetModel).from,
}.as(entity[fleetModel]{
	name: "fleet",
	description: "A pool of brokers. Nothing waits for them to start: a cluster's creation does. When it is deleted, " +
		"the brokers that the control plane started leave first.",
	attributes: fleetAttributes,
	delete:     dissolveFleet,
})

// dissolveFleet has the brokers leave, but only once the API says that nothing else is in the way.
func dissolveFleet(ctx context.Context, at *provider, m fleetModel) (api.Answer, error) {
	path := "/v1/fleets/" + escape(m.ID)
	answer, err := at.client.Delete(ctx, path)
	if !api.HasCode(err, "invalid_state") || m.Provisioning.ValueString() == "JOINED" {
		return answer, err
	}
	none := map[string]any{"desired_brokers": 0, "autoscaling": nil}
	if err := at.client.Patch(ctx, path, api.Patch{Spec: none}, nil); err != nil {
		return answer, err
	}
	for {
		var now api.Fleet
		if err := at.client.Get(ctx, path, &now); err != nil || now.Status.Brokers == 0 {
			return at.client.Delete(ctx, path)
		}
		if err := pause(ctx); err != nil {
			return answer, fmt.Errorf("its brokers do not leave: %w", err)
		}
	}
}
