// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
)

type topicFacts struct {
	ID              types.String `tfsdk:"id"`
	ClusterID       types.String `tfsdk:"cluster_id"`
	Name            types.String `tfsdk:"name"`
	Partitions      types.Int64  `tfsdk:"partitions"`
	Config          types.Map    `tfsdk:"config"`
	TopicUUID       types.String `tfsdk:"topic_uuid"`
	EffectiveConfig types.Map    `tfsdk:"effective_config"`
}

type topicModel struct {
	topicFacts
	DeletionProtection types.Bool     `tfsdk:"deletion_protection"`
	ReplaceToShrink    types.Bool     `tfsdk:"allow_partition_decrease_by_replace"`
	Timeouts           timeouts.Value `tfsdk:"timeouts"`
}

func (m *topicFacts) path() string {
	return "/v1/clusters/" + escape(m.ClusterID) + "/topics/" + escape(m.Name)
}

// readFrom takes of the configs those that are owned: the keys that the configuration names. A topic that was just
// imported owns all that were ever set.
func (m *topicFacts) readFrom(ctx context.Context, at *provider) (string, error) {
	var found api.Topic
	if err := at.client.Get(ctx, m.path(), &found); err != nil {
		return "", err
	}
	var effective struct {
		Data []api.TopicConfig `json:"data"`
	}
	if err := at.client.Get(ctx, m.path()+"/configs", &effective); err != nil {
		return "", err
	}
	imported := m.TopicUUID.IsNull()
	m.ID = types.StringValue(m.ClusterID.ValueString() + "/" + found.Metadata.Name)
	m.TopicUUID = types.StringValue(found.ID)
	m.Partitions = types.Int64PointerValue(found.Spec.Partitions)
	owned := found.Spec.Configs
	if !imported {
		owned = stillOwned(strings_(m.Config), found.Spec.Configs)
	}
	m.Config = stringMap(owned, m.Config)
	inForce := map[string]string{}
	for _, setting := range effective.Data {
		if setting.Value != nil {
			inForce[setting.Name] = *setting.Value
		}
	}
	m.EffectiveConfig = stringMap(inForce, types.MapNull(types.StringType))
	return found.Metadata.ResourceVersion, nil
}

// stillOwned keeps the written form of values that mean the same.
func stillOwned(owned, found map[string]string) map[string]string {
	kept := map[string]string{}
	for key, mine := range owned {
		if theirs, there := found[key]; there {
			kept[key] = theirs
			if same(mine, theirs) {
				kept[key] = mine
			}
		}
	}
	return kept
}

func topicAttributes() map[string]schema.Attribute {
	partitions := optionalInt("How many partitions it has; left out: the cluster's default. Can only grow.")
	partitions.Validators = []validator.Int64{int64validator.Between(1, 10_000)}
	return map[string]schema.Attribute{
		"id":         idAttribute("`<cluster id>/<name>`; the import id."),
		"cluster_id": requiredString("The cluster it is in.", replacing),
		"name":       requiredString("Its name.", replacing),
		"partitions": partitions,
		"config": schema.MapAttribute{
			ElementType: types.StringType, Optional: true,
			MarkdownDescription: "Kafka's settings for topics. Only these keys are owned: others may be set by anybody " +
				"without a diff, and are in `effective_config`. A key that is removed here returns to its default.",
		},
		"topic_uuid": computedString("Kafka's id of the topic."),
		"effective_config": schema.MapAttribute{
			ElementType: types.StringType, Computed: true,
			MarkdownDescription: "Every setting with the value in force.",
		},
	}
}

var topics = entity[topicModel]{
	name: "topic", description: "A topic, made through the API: no Kafka client and no cluster key are needed.",
	attributes: func() map[string]schema.Attribute {
		attributes := topicAttributes()
		attributes["deletion_protection"] = switchedOff(
			"Refuses plans of this configuration that delete the topic; Penstock itself does not know of it.")
		attributes["allow_partition_decrease_by_replace"] = switchedOff(
			"Lets a smaller number of partitions replace the topic, and lose its records, instead of being refused.")
		return attributes
	},
	timeouts: timeouts.Opts{Create: true, Update: true, Delete: true},
	patience: func(m topicModel) timeouts.Value { return m.Timeouts },

	id:        func(m *topicModel) *types.String { return &m.ID },
	protected: func(m topicModel) types.Bool { return m.DeletionProtection },
	create: func(ctx context.Context, at *provider, m *topicModel, _ topicModel) (outcome, error) {
		configs := strings_(m.Config)
		_, err := at.client.Post(ctx, "/v1/clusters/"+escape(m.ClusterID)+"/topics", api.NewResource{
			Metadata: &api.NewMetadata{Name: m.Name.ValueString()},
			Spec:     api.TopicSpec{Partitions: known(m.Partitions), Configs: configs},
		}, nil)
		if err != nil {
			return outcome{}, err
		}
		m.ID = types.StringValue(m.ClusterID.ValueString() + "/" + m.Name.ValueString())
		version, err := m.readFrom(ctx, at)
		return outcome{version: version}, err
	},
	read: func(ctx context.Context, at *provider, m *topicModel) (string, error) {
		// What an import cannot know.
		if m.DeletionProtection.IsNull() {
			m.DeletionProtection, m.ReplaceToShrink = types.BoolValue(false), types.BoolValue(false)
		}
		return m.readFrom(ctx, at)
	},
	update: func(ctx context.Context, at *provider, m *topicModel, state, _ topicModel, version string) error {
		configs := mapPatch(strings_(m.Config), strings_(state.Config))
		maps.DeleteFunc(configs, func(key string, value any) bool { return value == strings_(state.Config)[key] })
		spec := map[string]any{"configs": configs}
		if !m.Partitions.Equal(state.Partitions) {
			spec["partitions"] = m.Partitions.ValueInt64()
		}
		return at.client.Patch(ctx, m.path(), api.Patch{Spec: spec}, nil, api.IfVersion(version))
	},
	delete: func(ctx context.Context, at *provider, m topicModel) (api.Answer, error) {
		return at.client.Delete(ctx, m.path())
	},
	plan: func(_ context.Context, planned, state *topicModel, _ topicModel) diag.Diagnostics {
		if state == nil {
			return nil
		}
		if meansTheSame(strings_(planned.Config), strings_(state.Config)) {
			planned.Config = state.Config
		}
		if planned.Config.Equal(state.Config) {
			planned.EffectiveConfig = state.EffectiveConfig
		}
		planned.TopicUUID = state.TopicUUID
		if planned.Partitions.IsUnknown() || planned.Partitions.ValueInt64() >= state.Partitions.ValueInt64() {
			return nil
		}
		if planned.ReplaceToShrink.ValueBool() {
			planned.TopicUUID = types.StringUnknown()
			planned.EffectiveConfig = types.MapUnknown(types.StringType)
			return diag.Diagnostics{replaces("partitions")}
		}
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("partitions"), "Partitions only grow",
			fmt.Sprintf("Topic %s has %d partitions, and the configuration wants %d. To delete the topic with its "+
				"records and make a smaller one, set allow_partition_decrease_by_replace.",
				state.Name.ValueString(), state.Partitions.ValueInt64(), planned.Partitions.ValueInt64()))}
	},
	importID: []string{"cluster_id", "name"},
	precious: true,
	lasting:  true,
}

func meansTheSame(one, other map[string]string) bool {
	return maps.EqualFunc(one, other, same)
}
