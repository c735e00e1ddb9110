// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
)

type clusterFacts struct {
	common
	TenantID                 types.String `tfsdk:"tenant_id"`
	FleetID                  types.String `tfsdk:"fleet_id"`
	BucketID                 types.String `tfsdk:"bucket_id"`
	Prefix                   types.String `tfsdk:"prefix"`
	Shards                   types.Int64  `tfsdk:"shards"`
	LatencyProfile           types.String `tfsdk:"latency_profile"`
	AutoCreateTopics         types.Bool   `tfsdk:"auto_create_topics"`
	DefaultPartitions        types.Int64  `tfsdk:"default_partitions"`
	DefaultReplicationFactor types.Int64  `tfsdk:"default_replication_factor"`
	OffsetsTopicPartitions   types.Int64  `tfsdk:"offsets_topic_partitions"`
	Authentication           types.String `tfsdk:"authentication"`
	Phase                    types.String `tfsdk:"phase"`
	BootstrapServers         types.String `tfsdk:"bootstrap_servers"`
	Endpoints                types.List   `tfsdk:"endpoints"`
}

type clusterModel struct {
	clusterFacts
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

type endpointModel struct {
	NodeID types.Int64  `tfsdk:"node_id"`
	Host   types.String `tfsdk:"host"`
	Port   types.Int64  `tfsdk:"port"`
	Zone   types.String `tfsdk:"zone"`
}

var endpointType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"node_id": types.Int64Type, "host": types.StringType, "port": types.Int64Type, "zone": types.StringType,
}}

func (m *clusterFacts) from(found api.Cluster) {
	m.fill(found.ID, found.Metadata)
	m.TenantID = types.StringValue(found.Metadata.TenantID)
	m.FleetID = types.StringValue(found.Spec.FleetID)
	m.BucketID = types.StringValue(found.Spec.BucketID)
	m.Prefix = types.StringValue(found.Spec.Prefix)
	m.Shards = types.Int64PointerValue(found.Spec.Shards)
	m.LatencyProfile = types.StringValue(found.Spec.LatencyProfile)
	m.AutoCreateTopics = types.BoolPointerValue(found.Spec.AutoCreateTopics)
	m.DefaultPartitions = types.Int64PointerValue(found.Spec.DefaultPartitions)
	m.DefaultReplicationFactor = types.Int64PointerValue(found.Spec.DefaultReplicationFactor)
	m.OffsetsTopicPartitions = types.Int64PointerValue(found.Spec.OffsetsTopicPartitions)
	m.Authentication = types.StringValue(found.Spec.Authentication)
	m.Phase = types.StringValue(found.Status.Phase)
	m.BootstrapServers = types.StringValue(found.Status.BootstrapServers)
	endpoints := make([]endpointModel, len(found.Status.Brokers))
	for i, broker := range found.Status.Brokers {
		endpoints[i] = endpointModel{
			types.Int64Value(broker.NodeID), types.StringValue(broker.Host), types.Int64Value(broker.Port),
			nullable(broker.Zone),
		}
	}
	m.Endpoints, _ = types.ListValueFrom(context.Background(), endpointType, endpoints)
}

func clusterAttributes() map[string]schema.Attribute {
	shards := optionalInt("Into how many shards its partitions are divided; never changes.",
		int64planmodifier.RequiresReplace())
	partitions := optionalInt("How many partitions a topic gets that does not say.")
	replication := optionalInt("What clients are told of topics that do not say; the object store replicates.")
	offsets := optionalInt("How many partitions consumer offsets have; never changes.",
		int64planmodifier.RequiresReplace())
	for _, counted := range []*schema.Int64Attribute{&shards, &partitions, &replication, &offsets} {
		counted.Validators = []validator.Int64{int64validator.AtLeast(1)}
	}
	return commonAttributes("cluster", "kc", map[string]schema.Attribute{
		"tenant_id": settledString("Whose it is; left out: the provider's `tenant_id`."),
		"fleet_id":  settledString("Whose brokers serve it; left out: the only fleet there is."),
		"bucket_id": settledString("Where its records are; left out: the only bucket there is."),
		"prefix": settledString("The part of the bucket that it owns. Given at creation, the cluster that lives there " +
			"is adopted with all it holds, and its former owner is shut out."),
		"shards": shards,
		"latency_profile": optionalString("How long batches wait for company.",
			"FAST", "BALANCED", "ECONOMY"),
		"auto_create_topics":         optionalBool("Whether topics are made when clients ask for them."),
		"default_partitions":         partitions,
		"default_replication_factor": replication,
		"offsets_topic_partitions":   offsets,
		"authentication": settledString("What clients are asked for; never changes.",
			"REQUIRED", "OPEN_ON_LOOPBACK"),
		"phase":             computedString("Where in its life it is; `READY` when it serves."),
		"bootstrap_servers": computedString("What clients connect to.", stringplanmodifier.UseStateForUnknown()),
		"endpoints": schema.ListNestedAttribute{
			Computed: true, MarkdownDescription: "Its brokers, as clients reach them.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"node_id": schema.Int64Attribute{Computed: true, MarkdownDescription: "Kafka's node id."},
				"host":    computedString("Host name or address."),
				"port":    schema.Int64Attribute{Computed: true, MarkdownDescription: "Port."},
				"zone":    computedString("The zone it is in."),
			}},
		},
	})
}

var clusters = standard[clusterModel, api.ClusterSpec, api.ClusterStatus]{
	path:   "/v1/clusters",
	common: func(m *clusterModel) *common { return &m.common },
	tenant: func(m clusterModel) types.String { return m.TenantID },
	spec: func(m, _ clusterModel) any {
		return api.ClusterSpec{
			FleetID: m.FleetID.ValueString(), BucketID: m.BucketID.ValueString(), Prefix: m.Prefix.ValueString(),
			Shards: known(m.Shards), LatencyProfile: m.LatencyProfile.ValueString(),
			AutoCreateTopics:         knownBool(m.AutoCreateTopics),
			DefaultPartitions:        known(m.DefaultPartitions),
			DefaultReplicationFactor: known(m.DefaultReplicationFactor),
			OffsetsTopicPartitions:   known(m.OffsetsTopicPartitions),
			Authentication:           m.Authentication.ValueString(),
		}
	},
	patch: func(m, _, _ clusterModel) map[string]any {
		return map[string]any{
			"latency_profile":            m.LatencyProfile.ValueString(),
			"auto_create_topics":         m.AutoCreateTopics.ValueBool(),
			"default_partitions":         m.DefaultPartitions.ValueInt64(),
			"default_replication_factor": m.DefaultReplicationFactor.ValueInt64(),
		}
	},
	from: func(m *clusterModel, found api.Cluster) { m.from(found) },
}.as(entity[clusterModel]{
	name: "cluster",
	description: "A Kafka cluster of a tenant. Creation waits until it serves. What is deleted here can be restored " +
		"through the API for a while.",
	attributes: clusterAttributes,
	timeouts:   timeouts.Opts{Create: true, Update: true, Delete: true},
	patience:   func(m clusterModel) timeouts.Value { return m.Timeouts },
	precious:   true,
	complete: func(m clusterModel) bool {
		return m.Phase.ValueString() == "READY" && len(m.Endpoints.Elements()) > 0
	},
})

type authenticationModel struct {
	ID             types.String `tfsdk:"id"`
	ClusterID      types.String `tfsdk:"cluster_id"`
	ClientCA       types.String `tfsdk:"client_ca"`
	KeysURL        types.String `tfsdk:"tokens_keys_url"`
	Issuer         types.String `tfsdk:"tokens_issuer"`
	Audience       types.String `tfsdk:"tokens_audience"`
	PrincipalClaim types.String `tfsdk:"tokens_principal_claim"`
}

func (m *authenticationModel) path() string {
	return "/v1/clusters/" + escape(m.ClusterID) + "/authentication"
}

func declareAuthentication(ctx context.Context, at *provider, m *authenticationModel) error {
	wish := api.ClusterAuthentication{ClientCA: m.ClientCA.ValueString()}
	if !m.KeysURL.IsNull() {
		wish.Tokens = &api.TokenIssuer{
			KeysURL: m.KeysURL.ValueString(), Issuer: m.Issuer.ValueString(), Audience: m.Audience.ValueString(),
			PrincipalClaim: m.PrincipalClaim.ValueString(),
		}
	}
	return at.client.Put(ctx, m.path(), wish, nil)
}

var authentications = entity[authenticationModel]{
	name: "cluster_authentication",
	description: "Whose certificates and bearer tokens open a cluster, beside credentials; both within TLS only. " +
		"There is one for each cluster: deleting it trusts nobody's any more.",
	attributes: func() map[string]schema.Attribute {
		text := func(description string) schema.Attribute {
			return schema.StringAttribute{Optional: true, MarkdownDescription: description}
		}
		return map[string]schema.Attribute{
			"id":                     idAttribute("The cluster's id."),
			"cluster_id":             requiredString("The cluster; the import id.", replacing),
			"client_ca":              text("Certificates (PEM) of those who sign clients' certificates."),
			"tokens_keys_url":        text("Where the issuer's keys are (JWKS)."),
			"tokens_issuer":          text("What tokens say in `iss`."),
			"tokens_audience":        text("What tokens say in `aud`."),
			"tokens_principal_claim": text("Which claim is the principal; usually `sub`."),
		}
	},
	id: func(m *authenticationModel) *types.String { return &m.ID },
	create: func(ctx context.Context, at *provider, m *authenticationModel, _ authenticationModel) (outcome, error) {
		m.ID = m.ClusterID
		return outcome{}, declareAuthentication(ctx, at, m)
	},
	read: func(ctx context.Context, at *provider, m *authenticationModel) (string, error) {
		var found api.ClusterAuthentication
		if err := at.client.Get(ctx, m.path(), &found); err != nil {
			return "", err
		}
		m.ID = m.ClusterID
		m.ClientCA = nullable(found.ClientCA)
		tokens := api.TokenIssuer{}
		if found.Tokens != nil {
			tokens = *found.Tokens
		}
		m.KeysURL, m.Issuer = nullable(tokens.KeysURL), nullable(tokens.Issuer)
		m.Audience = nullable(tokens.Audience)
		if tokens.PrincipalClaim != "sub" || !m.PrincipalClaim.IsNull() {
			m.PrincipalClaim = nullable(tokens.PrincipalClaim)
		}
		return "", nil
	},
	update: func(
		ctx context.Context, at *provider, m *authenticationModel, _, _ authenticationModel, _ string,
	) error {
		return declareAuthentication(ctx, at, m)
	},
	delete: func(ctx context.Context, at *provider, m authenticationModel) (api.Answer, error) {
		err := at.client.Put(ctx, m.path(), api.ClusterAuthentication{}, nil)
		if api.IsNotFound(err) {
			err = nil
		}
		return api.Answer{}, err
	},
	importID: []string{"cluster_id"},
}
