// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
)

type planModifier = planmodifier.String

func modifiers(all ...planModifier) []planmodifier.String { return all }

type aclModel struct {
	ID           types.String `tfsdk:"id"`
	ClusterID    types.String `tfsdk:"cluster_id"`
	Principal    types.String `tfsdk:"principal"`
	Host         types.String `tfsdk:"host"`
	ResourceType types.String `tfsdk:"resource_type"`
	ResourceName types.String `tfsdk:"resource_name"`
	PatternType  types.String `tfsdk:"pattern_type"`
	Operation    types.String `tfsdk:"operation"`
	Permission   types.String `tfsdk:"permission"`
}

func aclsOf(clusterID types.String) string {
	return "/v1/clusters/" + escape(clusterID) + "/acls"
}

func oneOf(description, usual string, allowed ...string) schema.StringAttribute {
	attribute := schema.StringAttribute{
		MarkdownDescription: description + " One of `" + strings.Join(allowed, "`, `") + "`.",
		Validators:          []validator.String{stringvalidator.OneOf(allowed...)},
		PlanModifiers:       modifiers(replacing),
	}
	if usual == "" {
		attribute.Required = true
	} else {
		attribute.Optional, attribute.Computed, attribute.Default = true, true, stringdefault.StaticString(usual)
	}
	return attribute
}

var acls = entity[aclModel]{
	name: "acl",
	description: "What a principal may, or may not, do, in Kafka's words. One that is there already is taken over. " +
		"`penstock_access` writes the usual sets.",
	attributes: func() map[string]schema.Attribute {
		host := schema.StringAttribute{
			Optional: true, Computed: true, Default: stringdefault.StaticString("*"),
			MarkdownDescription: "From which address; `*`: from any.", PlanModifiers: modifiers(replacing),
		}
		return map[string]schema.Attribute{
			"id":         idAttribute("Its id, `acl_…`; the import id is `<cluster id>/<id>`."),
			"cluster_id": requiredString("The cluster it is about.", replacing),
			"principal":  requiredString("Whom it is about: a service account's `principal`, or `User:*`.", replacing),
			"host":       host,
			"resource_type": oneOf("What it is about.", "",
				"TOPIC", "GROUP", "CLUSTER", "TRANSACTIONAL_ID", "DELEGATION_TOKEN", "USER"),
			"resource_name": requiredString("Its name, or the start of it; `*`: all; of a cluster `kafka-cluster`.", replacing),
			"pattern_type":  oneOf("How the name is meant.", "LITERAL", "LITERAL", "PREFIXED"),
			"operation": oneOf("What is done. Others imply `DESCRIBE`, as in Kafka.", "",
				"READ", "WRITE", "CREATE", "DELETE", "ALTER", "DESCRIBE", "CLUSTER_ACTION", "DESCRIBE_CONFIGS",
				"ALTER_CONFIGS", "IDEMPOTENT_WRITE", "CREATE_TOKENS", "DESCRIBE_TOKENS", "TWO_PHASE_COMMIT", "ALL"),
			"permission": oneOf("Whether it may.", "ALLOW", "ALLOW", "DENY"),
		}
	},
	id: func(m *aclModel) *types.String { return &m.ID },
	create: func(ctx context.Context, at *provider, m *aclModel, _ aclModel) (outcome, error) {
		made, err := allow(ctx, at, m.ClusterID, api.ACLSpec{
			Principal: m.Principal.ValueString(), Host: m.Host.ValueString(),
			ResourceType: m.ResourceType.ValueString(), ResourceName: m.ResourceName.ValueString(),
			PatternType: m.PatternType.ValueString(), Operation: m.Operation.ValueString(),
			Permission: m.Permission.ValueString(),
		})
		m.ID = nullable(made.ID)
		return outcome{}, err
	},
	read: func(ctx context.Context, at *provider, m *aclModel) (string, error) {
		var found api.ACL
		if err := at.client.Get(ctx, aclsOf(m.ClusterID)+"/"+escape(m.ID), &found); err != nil {
			return "", err
		}
		m.Principal, m.Host = types.StringValue(found.Spec.Principal), types.StringValue(found.Spec.Host)
		m.ResourceType = types.StringValue(found.Spec.ResourceType)
		m.ResourceName = types.StringValue(found.Spec.ResourceName)
		m.PatternType = types.StringValue(found.Spec.PatternType)
		m.Operation, m.Permission = types.StringValue(found.Spec.Operation), types.StringValue(found.Spec.Permission)
		return "", nil
	},
	// Every change replaces.
	update: func(context.Context, *provider, *aclModel, aclModel, aclModel, string) error { return nil },
	delete: func(ctx context.Context, at *provider, m aclModel) (api.Answer, error) {
		return at.client.Delete(ctx, aclsOf(m.ClusterID)+"/"+escape(m.ID))
	},
	importID: []string{"cluster_id", "id"},
}

func allow(ctx context.Context, at *provider, clusterID types.String, spec api.ACLSpec) (api.ACL, error) {
	var made api.ACL
	_, err := at.client.Post(ctx, aclsOf(clusterID), api.NewResource{Spec: spec}, &made)
	return made, err
}

type accessModel struct {
	ID             types.String `tfsdk:"id"`
	ClusterID      types.String `tfsdk:"cluster_id"`
	Principal      types.String `tfsdk:"principal"`
	Role           types.String `tfsdk:"role"`
	Topic          types.String `tfsdk:"topic"`
	TopicPrefix    types.String `tfsdk:"topic_prefix"`
	GroupPrefix    types.String `tfsdk:"group_prefix"`
	TransactionIDs types.String `tfsdk:"transactional_id_prefix"`
	ACLs           types.List   `tfsdk:"acls"`
}

// grant is one ACL of an access.
type grant struct {
	ID           types.String `tfsdk:"id"`
	ResourceType types.String `tfsdk:"resource_type"`
	ResourceName types.String `tfsdk:"resource_name"`
	PatternType  types.String `tfsdk:"pattern_type"`
	Operation    types.String `tfsdk:"operation"`
}

var grantType = types.ObjectType{AttrTypes: map[string]attr.Type{
	"id": types.StringType, "resource_type": types.StringType, "resource_name": types.StringType,
	"pattern_type": types.StringType, "operation": types.StringType,
}}

func (g grant) says(other grant) bool {
	return g.ResourceType.Equal(other.ResourceType) && g.ResourceName.Equal(other.ResourceName) &&
		g.PatternType.Equal(other.PatternType) && g.Operation.Equal(other.Operation)
}

func granted(kind, name, pattern, operation string) grant {
	return grant{
		ResourceType: types.StringValue(kind), ResourceName: types.StringValue(name),
		PatternType: types.StringValue(pattern), Operation: types.StringValue(operation),
	}
}

const (
	producer = "PRODUCER"
	consumer = "CONSUMER"
	admin    = "ADMIN"
)

// What the roles do with topics, groups and transactional ids.
var operations = map[string]struct{ topics, groups, transactions string }{
	producer: {topics: "WRITE", transactions: "WRITE"},
	consumer: {topics: "READ", groups: "READ"},
	admin:    {topics: "ALL", groups: "ALL", transactions: "ALL"},
}

// wanted is what the role means. Kafka lets whoever may read or write something describe it, too.
func (m *accessModel) wanted() []grant {
	may := operations[m.Role.ValueString()]
	var all []grant
	if !m.Topic.IsNull() {
		all = append(all, granted("TOPIC", m.Topic.ValueString(), "LITERAL", may.topics))
	}
	if !m.TopicPrefix.IsNull() {
		all = append(all, granted("TOPIC", m.TopicPrefix.ValueString(), "PREFIXED", may.topics))
	}
	if !m.GroupPrefix.IsNull() && may.groups != "" {
		all = append(all, prefixed("GROUP", m.GroupPrefix.ValueString(), may.groups))
	}
	if !m.TransactionIDs.IsNull() && may.transactions != "" {
		all = append(all, prefixed("TRANSACTIONAL_ID", m.TransactionIDs.ValueString(), may.transactions))
	}
	return all
}

// An empty prefix means every name, which Kafka writes as a star.
func prefixed(kind, prefix, operation string) grant {
	if prefix == "*" {
		return granted(kind, prefix, "LITERAL", operation)
	}
	return granted(kind, prefix, "PREFIXED", operation)
}

// recognize is the inverse of wanted, for what was imported.
func (m *accessModel) recognize(grants []grant) {
	for _, g := range grants {
		switch {
		case g.ResourceType.ValueString() == "GROUP":
			m.GroupPrefix = g.ResourceName
		case g.ResourceType.ValueString() == "TRANSACTIONAL_ID":
			m.TransactionIDs = g.ResourceName
		case g.PatternType.ValueString() == "PREFIXED":
			m.TopicPrefix = g.ResourceName
		default:
			m.Topic = g.ResourceName
		}
		for role, may := range operations {
			if g.ResourceType.ValueString() == "TOPIC" && may.topics == g.Operation.ValueString() {
				m.Role = types.StringValue(role)
			}
		}
	}
}

func (m *accessModel) granted(ctx context.Context) []grant {
	var grants []grant
	if !m.ACLs.IsNull() && !m.ACLs.IsUnknown() {
		m.ACLs.ElementsAs(ctx, &grants, false)
	}
	return grants
}

func (m *accessModel) grant(ctx context.Context, grants []grant) {
	ids := make([]string, len(grants))
	for i, g := range grants {
		ids[i] = g.ID.ValueString()
	}
	m.ID = types.StringValue(strings.Join(ids, ","))
	m.ACLs, _ = types.ListValueFrom(ctx, grantType, grants)
}

// declare makes what is wanted of what there is.
func (m *accessModel) declare(ctx context.Context, at *provider, there []grant) error {
	wanted := m.wanted()
	for i, wish := range wanted {
		made, err := allow(ctx, at, m.ClusterID, api.ACLSpec{
			Principal: m.Principal.ValueString(), ResourceType: wish.ResourceType.ValueString(),
			ResourceName: wish.ResourceName.ValueString(), PatternType: wish.PatternType.ValueString(),
			Operation: wish.Operation.ValueString(),
		})
		if err != nil {
			return err
		}
		wanted[i].ID = types.StringValue(made.ID)
	}
	for _, old := range there {
		if !slices.ContainsFunc(wanted, old.says) {
			if _, err := at.client.Delete(ctx, aclsOf(m.ClusterID)+"/"+escape(old.ID)); err != nil {
				return err
			}
		}
	}
	m.grant(ctx, wanted)
	return nil
}

var accesses = entity[accessModel]{
	name: "access",
	description: "The ACLs that a producer, a consumer or an administrator of topics needs. Of two that grant the same " +
		"thing to one principal the first that is deleted takes it away until the other is applied again.",
	attributes: func() map[string]schema.Attribute {
		optional := func(description string) schema.StringAttribute {
			return schema.StringAttribute{Optional: true, MarkdownDescription: description}
		}
		topic := optional("A topic.")
		topic.Validators = []validator.String{
			stringvalidator.AtLeastOneOf(path.MatchRoot("topic"), path.MatchRoot("topic_prefix")),
		}
		role := oneOf("As whom: `PRODUCER` writes, `CONSUMER` reads, `ADMIN` does everything.", "",
			producer, consumer, admin)
		role.PlanModifiers = nil
		return map[string]schema.Attribute{
			"id": computedString("The ids of its ACLs, separated by commas; the import id is `<cluster id>/<id>`.",
				stringplanmodifier.UseStateForUnknown()),
			"cluster_id":              requiredString("The cluster it is about.", replacing),
			"principal":               requiredString("Whom it is about: a service account's `principal`.", replacing),
			"role":                    role,
			"topic":                   topic,
			"topic_prefix":            optional("All topics whose names start like that."),
			"group_prefix":            optional("For consumers: which groups it may be in; `*`: any."),
			"transactional_id_prefix": optional("For producers: which transactional ids it may use; `*`: any."),
			"acls": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "What that comes to.",
				PlanModifiers: []planmodifier.List{listplanmodifier.UseStateForUnknown()},
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":            computedString("The ACL's id."),
					"resource_type": computedString("`TOPIC`, `GROUP` or `TRANSACTIONAL_ID`."),
					"resource_name": computedString("Its name, or the start of it."),
					"pattern_type":  computedString("`LITERAL` or `PREFIXED`."),
					"operation":     computedString("What may be done."),
				}},
			},
		}
	},
	id: func(m *accessModel) *types.String { return &m.ID },
	create: func(ctx context.Context, at *provider, m *accessModel, _ accessModel) (outcome, error) {
		return outcome{}, m.declare(ctx, at, nil)
	},
	read: func(ctx context.Context, at *provider, m *accessModel) (string, error) {
		imported := m.Role.IsNull()
		var there []grant
		for _, id := range strings.Split(m.ID.ValueString(), ",") {
			var found api.ACL
			err := at.client.Get(ctx, aclsOf(m.ClusterID)+"/"+escape(types.StringValue(id)), &found)
			if api.IsNotFound(err) && !imported {
				continue
			}
			if err != nil {
				return "", err
			}
			m.Principal = types.StringValue(found.Spec.Principal)
			g := granted(found.Spec.ResourceType, found.Spec.ResourceName, found.Spec.PatternType, found.Spec.Operation)
			g.ID = types.StringValue(id)
			there = append(there, g)
		}
		if len(there) == 0 {
			return "", &api.Problem{Status: 404, Code: "not_found", Detail: "None of the ACLs is there any more."}
		}
		if imported {
			m.recognize(there)
			order := m.wanted()
			slices.SortStableFunc(there, func(a, b grant) int {
				return cmp.Compare(slices.IndexFunc(order, a.says), slices.IndexFunc(order, b.says))
			})
		}
		m.grant(ctx, there)
		return "", nil
	},
	update: func(ctx context.Context, at *provider, m *accessModel, state, _ accessModel, _ string) error {
		return m.declare(ctx, at, state.granted(ctx))
	},
	delete: func(ctx context.Context, at *provider, m accessModel) (api.Answer, error) {
		for _, g := range m.granted(ctx) {
			if answer, err := at.client.Delete(ctx, aclsOf(m.ClusterID)+"/"+escape(g.ID)); err != nil {
				return answer, err
			}
		}
		return api.Answer{}, nil
	},
	plan: func(ctx context.Context, planned, state *accessModel, _ accessModel) diag.Diagnostics {
		for _, said := range []types.String{
			planned.Role, planned.Topic, planned.TopicPrefix, planned.GroupPrefix, planned.TransactionIDs,
		} {
			if said.IsUnknown() {
				planned.ID, planned.ACLs = types.StringUnknown(), types.ListUnknown(grantType)
				return nil
			}
		}
		if state != nil && !slices.EqualFunc(planned.wanted(), state.granted(ctx), grant.says) {
			planned.ID, planned.ACLs = types.StringUnknown(), types.ListUnknown(grantType)
		}
		return nil
	},
	importID: []string{"cluster_id", "id"},
}
