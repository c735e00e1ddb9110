// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
)

// What nearly every kind of resource has.

func idAttribute(description string) schema.Attribute {
	return schema.StringAttribute{
		Computed: true, MarkdownDescription: description,
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func requiredString(description string, modifiers ...planmodifier.String) schema.StringAttribute {
	return schema.StringAttribute{Required: true, MarkdownDescription: description, PlanModifiers: modifiers}
}

// settledString is decided at creation, by the configuration or by the service, and never changes.
func settledString(description string, allowed ...string) schema.StringAttribute {
	attribute := optionalString(description, allowed...)
	attribute.PlanModifiers = append(attribute.PlanModifiers, stringplanmodifier.RequiresReplace())
	return attribute
}

// optionalString is the service's choice unless the configuration makes it.
func optionalString(description string, allowed ...string) schema.StringAttribute {
	attribute := schema.StringAttribute{
		Optional: true, Computed: true, MarkdownDescription: description,
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
	if len(allowed) > 0 {
		attribute.MarkdownDescription += " One of `" + strings.Join(allowed, "`, `") + "`."
		attribute.Validators = append(attribute.Validators, stringvalidator.OneOf(allowed...))
	}
	return attribute
}

func optionalInt(description string, modifiers ...planmodifier.Int64) schema.Int64Attribute {
	return schema.Int64Attribute{
		Optional: true, Computed: true, MarkdownDescription: description,
		PlanModifiers: append([]planmodifier.Int64{int64planmodifier.UseStateForUnknown()}, modifiers...),
	}
}

func optionalBool(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, MarkdownDescription: description,
		PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
}

func switchedOff(description string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true, Computed: true, MarkdownDescription: description, Default: booldefault.StaticBool(false),
	}
}

func words(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, MarkdownDescription: description, Default: stringdefault.StaticString(""),
	}
}

func computedString(description string, modifiers ...planmodifier.String) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description, PlanModifiers: modifiers}
}

func labelsAttribute() schema.Attribute {
	return schema.MapAttribute{
		ElementType: types.StringType, Optional: true, MarkdownDescription: "Labels, to find it by.",
	}
}

func protectionAttribute() schema.Attribute {
	return switchedOff("Refuses deletion, here and by everybody else, until it is set to `false` and applied.")
}

var replacing = stringplanmodifier.RequiresReplace()

// Common is the part of a model that comes from the envelope's metadata.
type common struct {
	ID                 types.String `tfsdk:"id"`
	Name               types.String `tfsdk:"name"`
	Labels             types.Map    `tfsdk:"labels"`
	DeletionProtection types.Bool   `tfsdk:"deletion_protection"`
}

func commonAttributes(kind, id string, more map[string]schema.Attribute) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{
		"id":                  idAttribute("Its id, `" + id + "_…`; the import id."),
		"name":                requiredString("The name of the " + kind + "; may change."),
		"labels":              labelsAttribute(),
		"deletion_protection": protectionAttribute(),
	}
	maps.Copy(attributes, more)
	return attributes
}

func (c *common) fill(id string, metadata api.Metadata) {
	c.ID = types.StringValue(id)
	c.Name = types.StringValue(metadata.Name)
	c.Labels = stringMap(metadata.Labels, c.Labels)
	c.DeletionProtection = types.BoolValue(metadata.DeletionProtection)
}

func (c *common) metadata(tenantID string) *api.NewMetadata {
	return &api.NewMetadata{
		Name: c.Name.ValueString(), TenantID: tenantID, Labels: strings_(c.Labels),
		DeletionProtection: c.DeletionProtection.ValueBoolPointer(),
	}
}

func (c *common) patch(before common) map[string]any {
	return map[string]any{
		"name": c.Name.ValueString(), "deletion_protection": c.DeletionProtection.ValueBool(),
		"labels": mapPatch(strings_(c.Labels), strings_(before.Labels)),
	}
}

// mapPatch is the merge patch that makes after of before, whatever else the map holds.
func mapPatch(after, before map[string]string) map[string]any {
	patch := map[string]any{}
	for key := range before {
		if _, kept := after[key]; !kept {
			patch[key] = nil
		}
	}
	for key, value := range after {
		patch[key] = value
	}
	return patch
}

// stringMap keeps apart what was left out and what is empty: the service knows no difference, Terraform does.
func stringMap(found map[string]string, before types.Map) types.Map {
	if len(found) == 0 && (before.IsNull() || before.IsUnknown()) {
		return types.MapNull(types.StringType)
	}
	value, _ := types.MapValueFrom(context.Background(), types.StringType, found)
	return value
}

func strings_(value types.Map) map[string]string {
	found := map[string]string{}
	for key, element := range value.Elements() {
		if text, ok := element.(types.String); ok && !text.IsUnknown() {
			found[key] = text.ValueString()
		}
	}
	return found
}

func nullable(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// known is nil for what the configuration leaves to the service.
func known(value types.Int64) *int64 {
	if value.IsNull() || value.IsUnknown() {
		return nil
	}
	return value.ValueInt64Pointer()
}

func knownBool(value types.Bool) *bool {
	if value.IsNull() || value.IsUnknown() {
		return nil
	}
	return value.ValueBoolPointer()
}

// same tells whether two settings mean the same: numbers by value, lists without regard to order.
func same(one, other string) bool {
	if one == other {
		return true
	}
	if strings.EqualFold(one, other) && (strings.EqualFold(one, "true") || strings.EqualFold(one, "false")) {
		return true
	}
	if a, err := strconv.ParseFloat(one, 64); err == nil {
		b, err := strconv.ParseFloat(other, 64)
		return err == nil && a == b
	}
	a, b := items(one), items(other)
	return len(a) > 1 && slices.Equal(a, b)
}

func items(list string) []string {
	parts := strings.Split(list, ",")
	for i, part := range parts {
		parts[i] = strings.TrimSpace(part)
	}
	slices.Sort(parts)
	return parts
}

// asData turns the attributes of a resource into those of its data source, where everything is found, nothing set.
func asData(attributes map[string]schema.Attribute, looked ...string) map[string]datasource.Attribute {
	found := map[string]datasource.Attribute{}
	for name, attribute := range attributes {
		asked := slices.Contains(looked, name)
		text := attribute.GetMarkdownDescription()
		switch a := attribute.(type) {
		case schema.StringAttribute:
			found[name] = datasource.StringAttribute{
				Computed: true, Optional: asked, Sensitive: a.Sensitive, MarkdownDescription: text,
			}
		case schema.Int64Attribute:
			found[name] = datasource.Int64Attribute{Computed: true, MarkdownDescription: text}
		case schema.BoolAttribute:
			found[name] = datasource.BoolAttribute{Computed: true, MarkdownDescription: text}
		case schema.MapAttribute:
			found[name] = datasource.MapAttribute{ElementType: a.ElementType, Computed: true, MarkdownDescription: text}
		case schema.ListAttribute:
			found[name] = datasource.ListAttribute{ElementType: a.ElementType, Computed: true, MarkdownDescription: text}
		case schema.SingleNestedAttribute:
			found[name] = datasource.SingleNestedAttribute{
				Computed: true, MarkdownDescription: text, Attributes: asData(a.Attributes),
			}
		case schema.ListNestedAttribute:
			found[name] = datasource.ListNestedAttribute{
				Computed: true, MarkdownDescription: text,
				NestedObject: datasource.NestedAttributeObject{Attributes: asData(a.NestedObject.Attributes)},
			}
		}
	}
	return found
}
