// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"cmp"
	"context"
	"fmt"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	resource "github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
)

// question is one kind of data source: a model is filled from what it asks for.
type question[M any] struct {
	name        string
	description string
	attributes  func() map[string]schema.Attribute
	answer      func(ctx context.Context, at *provider, model *M) error
}

type source[M any] struct {
	question[M]
	at *provider
}

func (q question[M]) source() datasource.DataSource {
	return &source[M]{question: q}
}

func (s *source[M]) Metadata(
	_ context.Context, _ datasource.MetadataRequest, response *datasource.MetadataResponse,
) {
	response.TypeName = "penstock_" + s.name
}

func (s *source[M]) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	response.Schema = schema.Schema{MarkdownDescription: s.description, Attributes: s.attributes()}
}

func (s *source[M]) Configure(
	_ context.Context, request datasource.ConfigureRequest, response *datasource.ConfigureResponse,
) {
	s.at = configured(request.ProviderData, &response.Diagnostics)
}

func (s *source[M]) Read(ctx context.Context, request datasource.ReadRequest, response *datasource.ReadResponse) {
	var model M
	response.Diagnostics.Append(request.Config.Get(ctx, &model)...)
	if response.Diagnostics.HasError() {
		return
	}
	if err := s.answer(ctx, s.at, &model); err != nil {
		report(&response.Diagnostics, "Cannot read penstock_"+s.name, err)
		return
	}
	response.Diagnostics.Append(response.State.Set(ctx, &model)...)
}

// all is the model of the data sources that list.
type all[F any] struct {
	TenantID types.String `tfsdk:"tenant_id"`
	Items    []F          `tfsdk:"items"`
}

// kind is what can be looked for by id or name, and listed. F is the part of its model that can be found.
type kind[F, S, T any] struct {
	name, plural string
	path         string
	attributes   func() map[string]resource.Attribute
	common       func(*F) *common
	tenant       func(F) types.String // nil: it is no tenant's
	from         func(*F, api.Resource[S, T])
}

func (k kind[F, S, T]) one() datasource.DataSource {
	return question[F]{
		name: k.name, description: "Finds one by `id` or by `name`.",
		attributes: func() map[string]schema.Attribute {
			asked := []string{"id", "name"}
			if k.tenant != nil {
				asked = append(asked, "tenant_id")
			}
			return asData(k.attributes(), asked...)
		},
		answer: func(ctx context.Context, at *provider, facts *F) error {
			if id := k.common(facts).ID; !id.IsNull() {
				var found api.Resource[S, T]
				if err := at.client.Get(ctx, k.path+"/"+escape(id), &found); err != nil {
					return err
				}
				k.from(facts, found)
				return nil
			}
			name := k.common(facts).Name.ValueString()
			if name == "" {
				return fmt.Errorf("say which one: by id or by name")
			}
			tenant := types.StringNull()
			if k.tenant != nil {
				tenant = k.tenant(*facts)
			}
			candidates, err := k.list(ctx, at, tenant)
			if err != nil {
				return err
			}
			var named []api.Resource[S, T]
			for _, candidate := range candidates {
				if candidate.Metadata.Name == name {
					named = append(named, candidate)
				}
			}
			if len(named) != 1 {
				return fmt.Errorf("there are %d with the name %q", len(named), name)
			}
			k.from(facts, named[0])
			return nil
		},
	}.source()
}

func (k kind[F, S, T]) many() datasource.DataSource {
	return question[all[F]]{
		name: k.plural, description: "Lists all that the API key may see, by name.",
		attributes: func() map[string]schema.Attribute {
			return map[string]schema.Attribute{
				"tenant_id": schema.StringAttribute{Optional: true,
					MarkdownDescription: "Only those of this tenant, where they are tenants'."},
				"items": listed(asData(k.attributes())),
			}
		},
		answer: func(ctx context.Context, at *provider, model *all[F]) error {
			found, err := k.list(ctx, at, model.TenantID)
			if err != nil {
				return err
			}
			model.Items = make([]F, len(found))
			for i, one := range found {
				k.from(&model.Items[i], one)
			}
			return nil
		},
	}.source()
}

func (k kind[F, S, T]) list(
	ctx context.Context, at *provider, tenant types.String,
) ([]api.Resource[S, T], error) {
	filter := url.Values{"order_by": {"name"}}
	if k.tenant != nil {
		if whose := cmp.Or(tenant.ValueString(), at.tenant); whose != "" {
			filter.Set("tenant_id", whose)
		}
	}
	return api.List[api.Resource[S, T]](ctx, at.client, k.path, filter)
}

func listed(attributes map[string]schema.Attribute) schema.Attribute {
	return schema.ListNestedAttribute{
		Computed: true, MarkdownDescription: "What was found.",
		NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}

func asked(description string, allowed ...string) schema.StringAttribute {
	attribute := schema.StringAttribute{Required: true, MarkdownDescription: description}
	if len(allowed) > 0 {
		attribute.Validators = []validator.String{stringvalidator.OneOf(allowed...)}
	}
	return attribute
}

func found(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

type topicsModel struct {
	ClusterID types.String `tfsdk:"cluster_id"`
	Prefix    types.String `tfsdk:"prefix"`
	Items     []topicItem  `tfsdk:"items"`
}

type topicItem struct {
	Name       types.String `tfsdk:"name"`
	TopicUUID  types.String `tfsdk:"topic_uuid"`
	Partitions types.Int64  `tfsdk:"partitions"`
	Config     types.Map    `tfsdk:"config"`
}

type connectionModel struct {
	ClusterID        types.String `tfsdk:"cluster_id"`
	Client           types.String `tfsdk:"client"`
	BootstrapServers types.String `tfsdk:"bootstrap_servers"`
	SecurityProtocol types.String `tfsdk:"security_protocol"`
	Snippet          types.String `tfsdk:"snippet"`
}

type brokersModel struct {
	FleetID types.String `tfsdk:"fleet_id"`
	Items   []brokerItem `tfsdk:"items"`
}

type brokerItem struct {
	ID        types.String `tfsdk:"id"`
	NodeID    types.Int64  `tfsdk:"node_id"`
	Phase     types.String `tfsdk:"phase"`
	Zone      types.String `tfsdk:"zone"`
	Host      types.String `tfsdk:"host"`
	Software  types.String `tfsdk:"software"`
	ShardsLed types.Int64  `tfsdk:"shards_led"`
}

func dataSources() []func() datasource.DataSource {
	tenant := kind[tenantModel, api.TenantSpec, api.Phased]{
		name: "tenant", plural: "tenants", path: "/v1/tenants", attributes: tenantAttributes,
		common: func(m *tenantModel) *common { return &m.common }, from: (*tenantModel).from,
	}
	bucket := kind[bucketFacts, api.BucketSpec, api.BucketStatus]{
		name: "bucket", plural: "buckets", path: "/v1/buckets", attributes: bucketAttributes,
		common: func(m *bucketFacts) *common { return &m.common }, from: (*bucketFacts).from,
	}
	fleet := kind[fleetModel, api.FleetSpec, api.FleetStatus]{
		name: "fleet", plural: "fleets", path: "/v1/fleets", attributes: fleetAttributes,
		common: func(m *fleetModel) *common { return &m.common }, from: (*fleetModel).from,
	}
	cluster := kind[clusterFacts, api.ClusterSpec, api.ClusterStatus]{
		name: "cluster", plural: "clusters", path: "/v1/clusters", attributes: clusterAttributes,
		common: func(m *clusterFacts) *common { return &m.common }, from: (*clusterFacts).from,
		tenant: func(m clusterFacts) types.String { return m.TenantID },
	}
	account := kind[serviceAccountModel, api.ServiceAccountSpec, api.ServiceAccountStatus]{
		name: "service_account", plural: "service_accounts", path: "/v1/service-accounts",
		attributes: serviceAccountAttributes,
		common:     func(m *serviceAccountModel) *common { return &m.common },
		from:       (*serviceAccountModel).from,
		tenant:     func(m serviceAccountModel) types.String { return m.TenantID },
	}
	return []func() datasource.DataSource{
		tenant.one, tenant.many, bucket.one, bucket.many, fleet.one, fleet.many, cluster.one, cluster.many,
		account.one, account.many, topicSource.source, topicsSource.source, connectionSource.source,
		brokersSource.source,
	}
}

var topicSource = question[topicFacts]{
	name: "topic", description: "Finds a topic of a cluster.",
	attributes: func() map[string]schema.Attribute {
		attributes := asData(topicAttributes())
		attributes["cluster_id"] = asked("The cluster it is in.")
		attributes["name"] = asked("Its name.")
		return attributes
	},
	answer: func(ctx context.Context, at *provider, m *topicFacts) error {
		_, err := m.readFrom(ctx, at)
		return err
	},
}

var topicsSource = question[topicsModel]{
	name: "topics", description: "Lists the topics of a cluster by name, without the cluster's own.",
	attributes: func() map[string]schema.Attribute {
		return map[string]schema.Attribute{
			"cluster_id": asked("The cluster."),
			"prefix":     schema.StringAttribute{Optional: true, MarkdownDescription: "How names start."},
			"items": listed(map[string]schema.Attribute{
				"name":       found("Its name."),
				"topic_uuid": found("Kafka's id of the topic."),
				"partitions": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many partitions it has."},
				"config": schema.MapAttribute{Computed: true, ElementType: types.StringType,
					MarkdownDescription: "What was set of its configs."},
			}),
		}
	},
	answer: func(ctx context.Context, at *provider, m *topicsModel) error {
		filter := url.Values{}
		if prefix := m.Prefix.ValueString(); prefix != "" {
			filter.Set("prefix", prefix)
		}
		topics, err := api.List[api.Topic](ctx, at.client, "/v1/clusters/"+escape(m.ClusterID)+"/topics", filter)
		if err != nil {
			return err
		}
		m.Items = make([]topicItem, len(topics))
		for i, topic := range topics {
			m.Items[i] = topicItem{
				types.StringValue(topic.Metadata.Name), types.StringValue(topic.ID),
				types.Int64PointerValue(topic.Spec.Partitions),
				stringMap(topic.Spec.Configs, types.MapNull(types.StringType)),
			}
		}
		return nil
	},
}

var connectionSource = question[connectionModel]{
	name:        "connection",
	description: "How a client connects to a cluster, ready to copy. It holds no secret: `USERNAME` and `SECRET` stand for a credential's.",
	attributes: func() map[string]schema.Attribute {
		return map[string]schema.Attribute{
			"cluster_id": asked("The cluster."),
			"client": asked("For which client: `java`, `python`, `go`, `node`, `kcat`, `rpk`, `spring` or `terraform`.",
				"java", "python", "go", "node", "kcat", "rpk", "spring", "terraform"),
			"bootstrap_servers": found("What clients connect to."),
			"security_protocol": found("`PLAINTEXT`, `SASL_PLAINTEXT` or `SASL_SSL`."),
			"snippet":           found("Configuration or code for the client."),
		}
	},
	answer: func(ctx context.Context, at *provider, m *connectionModel) error {
		var found api.Connection
		query := url.Values{"client": {m.Client.ValueString()}}
		err := at.client.Get(ctx, "/v1/clusters/"+escape(m.ClusterID)+"/connection?"+query.Encode(), &found)
		if err != nil {
			return err
		}
		m.BootstrapServers = types.StringValue(found.BootstrapServers)
		m.SecurityProtocol = types.StringValue(found.SecurityProtocol)
		m.Snippet = types.StringValue(found.Snippet)
		return nil
	},
}

var brokersSource = question[brokersModel]{
	name: "brokers", description: "Lists the brokers of a fleet.",
	attributes: func() map[string]schema.Attribute {
		return map[string]schema.Attribute{
			"fleet_id": asked("The fleet."),
			"items": listed(map[string]schema.Attribute{
				"id":         found("Its id."),
				"node_id":    schema.Int64Attribute{Computed: true, MarkdownDescription: "Kafka's node id."},
				"phase":      found("Where in its life it is; `SERVING` when it serves."),
				"zone":       found("The zone it is in."),
				"host":       found("The host it runs on."),
				"software":   found("Which version of Penstock it runs."),
				"shards_led": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many shards it leads."},
			}),
		}
	},
	answer: func(ctx context.Context, at *provider, m *brokersModel) error {
		brokers, err := api.List[api.Broker](ctx, at.client, "/v1/fleets/"+escape(m.FleetID)+"/brokers", nil)
		if err != nil {
			return err
		}
		m.Items = make([]brokerItem, len(brokers))
		for i, broker := range brokers {
			m.Items[i] = brokerItem{
				types.StringValue(broker.ID), types.Int64Value(broker.Status.NodeID),
				types.StringValue(broker.Status.Phase), nullable(broker.Status.Zone),
				types.StringValue(broker.Status.Host), types.StringValue(broker.Status.Software),
				types.Int64Value(broker.Status.ShardsLed),
			}
		}
		return nil
	},
}
