// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/float64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
)

type quotaModel struct {
	ID                      types.String  `tfsdk:"id"`
	ClusterID               types.String  `tfsdk:"cluster_id"`
	Principal               types.String  `tfsdk:"principal"`
	ClientID                types.String  `tfsdk:"client_id"`
	IP                      types.String  `tfsdk:"ip"`
	ProduceBytesPerS        types.Int64   `tfsdk:"produce_bytes_per_s"`
	FetchBytesPerS          types.Int64   `tfsdk:"fetch_bytes_per_s"`
	RequestPercent          types.Float64 `tfsdk:"request_percent"`
	ControllerMutationsPerS types.Float64 `tfsdk:"controller_mutations_per_s"`
	ConnectionsPerS         types.Int64   `tfsdk:"connections_per_s"`
}

func quotasOf(clusterID types.String) string {
	return "/v1/clusters/" + escape(clusterID) + "/quotas"
}

// rates are null where there is no limit.
func (m *quotaModel) rates() map[string]any {
	return map[string]any{
		"produce_bytes_per_s": m.ProduceBytesPerS.ValueInt64Pointer(), "fetch_bytes_per_s": m.FetchBytesPerS.ValueInt64Pointer(),
		"request_percent":            m.RequestPercent.ValueFloat64Pointer(),
		"controller_mutations_per_s": m.ControllerMutationsPerS.ValueFloat64Pointer(),
		"connections_per_s":          m.ConnectionsPerS.ValueInt64Pointer(),
	}
}

func (m *quotaModel) from(found api.Quota) {
	m.ID = types.StringValue(found.ID)
	m.Principal = types.StringPointerValue(found.Spec.Entity.Principal)
	m.ClientID = types.StringPointerValue(found.Spec.Entity.ClientID)
	m.IP = types.StringPointerValue(found.Spec.Entity.IP)
	m.ProduceBytesPerS = types.Int64PointerValue(found.Spec.ProduceBytesPerS)
	m.FetchBytesPerS = types.Int64PointerValue(found.Spec.FetchBytesPerS)
	m.RequestPercent = types.Float64PointerValue(found.Spec.RequestPercent)
	m.ControllerMutationsPerS = types.Float64PointerValue(found.Spec.ControllerMutationsPerS)
	m.ConnectionsPerS = types.Int64PointerValue(found.Spec.ConnectionsPerS)
}

var quotas = entity[quotaModel]{
	name: "quota", description: "What some clients may use of each broker of a cluster. What is left out is not limited.",
	attributes: func() map[string]schema.Attribute {
		whom := func(description string) schema.StringAttribute {
			return schema.StringAttribute{
				Optional: true, MarkdownDescription: description, PlanModifiers: modifiers(replacing),
			}
		}
		principal := whom("For a service account's `principal`; `*`: for everybody who has none of their own.")
		principal.Validators = []validator.String{stringvalidator.AtLeastOneOf(
			path.MatchRoot("principal"), path.MatchRoot("client_id"), path.MatchRoot("ip"))}
		count := func(description string) schema.Attribute {
			return schema.Int64Attribute{
				Optional: true, MarkdownDescription: description, Validators: []validator.Int64{int64validator.AtLeast(1)},
			}
		}
		share := func(description string) schema.Attribute {
			return schema.Float64Attribute{
				Optional: true, MarkdownDescription: description, Validators: []validator.Float64{float64validator.AtLeast(0)},
			}
		}
		return map[string]schema.Attribute{
			"id":                         idAttribute("Its id, `qta_…`; the import id is `<cluster id>/<id>`."),
			"cluster_id":                 requiredString("The cluster it is about.", replacing),
			"principal":                  principal,
			"client_id":                  whom("For clients that call themselves like that; `*`: the others."),
			"ip":                         whom("For clients from this address; `*`: the others."),
			"produce_bytes_per_s":        count("Bytes produced each second."),
			"fetch_bytes_per_s":          count("Bytes fetched each second."),
			"request_percent":            share("Time of a broker's threads, in percent of one."),
			"controller_mutations_per_s": share("Partitions made or deleted each second."),
			"connections_per_s":          count("New connections each second, of an address."),
		}
	},
	id: func(m *quotaModel) *types.String { return &m.ID },
	create: func(ctx context.Context, at *provider, m *quotaModel, _ quotaModel) (outcome, error) {
		spec := m.rates()
		spec["entity"] = api.QuotaEntity{
			Principal: m.Principal.ValueStringPointer(), ClientID: m.ClientID.ValueStringPointer(),
			IP: m.IP.ValueStringPointer(),
		}
		var made api.Quota
		_, err := at.client.Post(ctx, quotasOf(m.ClusterID), api.NewResource{Spec: spec}, &made)
		if err == nil {
			m.from(made)
		}
		return outcome{}, err
	},
	read: func(ctx context.Context, at *provider, m *quotaModel) (string, error) {
		var found api.Quota
		if err := at.client.Get(ctx, quotasOf(m.ClusterID)+"/"+escape(m.ID), &found); err != nil {
			return "", err
		}
		m.from(found)
		return "", nil
	},
	update: func(ctx context.Context, at *provider, m *quotaModel, _, _ quotaModel, _ string) error {
		return at.client.Patch(ctx, quotasOf(m.ClusterID)+"/"+escape(m.ID), api.Patch{Spec: m.rates()}, nil)
	},
	delete: func(ctx context.Context, at *provider, m quotaModel) (api.Answer, error) {
		return at.client.Delete(ctx, quotasOf(m.ClusterID)+"/"+escape(m.ID))
	},
	importID: []string{"cluster_id", "id"},
}
