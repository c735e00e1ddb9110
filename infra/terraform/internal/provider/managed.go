// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
)

const (
	usualPatience = 10 * time.Minute
	pollInterval  = 500 * time.Millisecond
	// Private state: the version that the next change expects.
	versionKey = "resource_version"
)

// entity is one kind of resource: what differs between tenants, topics and the rest. M is its model in Terraform.
type entity[M any] struct {
	name        string // as in penstock_<name>
	description string
	attributes  func() map[string]schema.Attribute
	timeouts    timeouts.Opts

	id        func(*M) *types.String
	protected func(M) types.Bool // whether deletion_protection is on; nil: it never is
	patience  func(M) timeouts.Value

	// create and the rest leave in the model what the API answered. config has the write-only attributes.
	create func(ctx context.Context, at *provider, model *M, config M) (outcome, error)
	read   func(ctx context.Context, at *provider, model *M) (version string, err error)
	update func(ctx context.Context, at *provider, model *M, state, config M, version string) error
	delete func(ctx context.Context, at *provider, model M) (api.Answer, error)
	// plan refines a plan; nil: nothing to refine. Called for changes and creations, not for deletions.
	plan     func(ctx context.Context, planned *M, state *M, config M) diag.Diagnostics
	importID []string // the attributes that an import id names, separated by slashes: what read needs
	precious bool     // whether a replacement loses records
	lasting  bool     // whether a deletion takes a while after its answer
	// complete tells whether a creation is over, once its operation is; nil: then it is.
	complete func(M) bool
}

// outcome is what a creation led to.
type outcome struct {
	version   string
	operation string // to be followed before the resource is complete; empty: it is
}

type managed[M any] struct {
	entity[M]
	at *provider
}

func (e entity[M]) resource() resource.Resource {
	return &managed[M]{entity: e}
}

func (r *managed[M]) Metadata(_ context.Context, _ resource.MetadataRequest, response *resource.MetadataResponse) {
	response.TypeName = "penstock_" + r.name
}

func (r *managed[M]) Schema(ctx context.Context, _ resource.SchemaRequest, response *resource.SchemaResponse) {
	attributes := r.attributes()
	if r.patience != nil {
		attributes["timeouts"] = timeouts.Attributes(ctx, r.entity.timeouts)
	}
	response.Schema = schema.Schema{MarkdownDescription: r.description, Attributes: attributes}
}

func (r *managed[M]) Configure(
	_ context.Context, request resource.ConfigureRequest, response *resource.ConfigureResponse,
) {
	r.at = configured(request.ProviderData, &response.Diagnostics)
}

func (r *managed[M]) Create(ctx context.Context, request resource.CreateRequest, response *resource.CreateResponse) {
	var model, config M
	response.Diagnostics.Append(request.Plan.Get(ctx, &model)...)
	response.Diagnostics.Append(request.Config.Get(ctx, &config)...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel := r.within(ctx, model, timeouts.Value.Create, &response.Diagnostics)
	defer cancel()
	made, err := r.create(ctx, r.at, &model, config)
	if err != nil {
		r.keep(ctx, &model, request, response)
		report(&response.Diagnostics, "Cannot create "+r.noun(), err)
		return
	}
	version := made.version
	if made.operation != "" {
		// The id is kept before the wait: what breaks off leaves something to find, not an orphan.
		r.keep(ctx, &model, request, response)
		version, err = r.awaitComplete(ctx, made.operation, &model)
		if err != nil {
			report(&response.Diagnostics, "Cannot finish the creation of "+r.noun(), err)
			return
		}
	}
	response.Diagnostics.Append(response.Private.SetKey(ctx, versionKey, quoted(version))...)
	response.Diagnostics.Append(response.State.Set(ctx, &model)...)
}

// keep notes under which id something was made, so that what comes after may fail.
func (r *managed[M]) keep(
	ctx context.Context, model *M, request resource.CreateRequest, response *resource.CreateResponse,
) {
	id := r.id(model)
	if id.IsNull() || id.IsUnknown() {
		return
	}
	response.Diagnostics.Append(response.State.SetAttribute(ctx, path.Root("id"), *id)...)
	for _, name := range r.importID {
		if name != "id" {
			var value types.String
			response.Diagnostics.Append(request.Plan.GetAttribute(ctx, path.Root(name), &value)...)
			response.Diagnostics.Append(response.State.SetAttribute(ctx, path.Root(name), value)...)
		}
	}
}

func (r *managed[M]) Read(ctx context.Context, request resource.ReadRequest, response *resource.ReadResponse) {
	var model M
	response.Diagnostics.Append(request.State.Get(ctx, &model)...)
	if response.Diagnostics.HasError() {
		return
	}
	version, err := r.read(ctx, r.at, &model)
	if api.IsNotFound(err) {
		response.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		report(&response.Diagnostics, "Cannot read "+r.noun(), err)
		return
	}
	response.Diagnostics.Append(response.Private.SetKey(ctx, versionKey, quoted(version))...)
	response.Diagnostics.Append(response.State.Set(ctx, &model)...)
}

func (r *managed[M]) Update(ctx context.Context, request resource.UpdateRequest, response *resource.UpdateResponse) {
	var model, state, config M
	response.Diagnostics.Append(request.Plan.Get(ctx, &model)...)
	response.Diagnostics.Append(request.State.Get(ctx, &state)...)
	response.Diagnostics.Append(request.Config.Get(ctx, &config)...)
	noted, diagnostics := request.Private.GetKey(ctx, versionKey)
	response.Diagnostics.Append(diagnostics...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel := r.within(ctx, model, timeouts.Value.Update, &response.Diagnostics)
	defer cancel()
	err := r.update(ctx, r.at, &model, state, config, strings.Trim(string(noted), `"`))
	version := ""
	if err == nil {
		version, err = r.read(ctx, r.at, &model)
	}
	if api.IsVersionConflict(err) {
		response.Diagnostics.AddError("Somebody else changed "+r.noun()+" meanwhile",
			"Nothing was changed. Plan again to see what is there now. ("+err.Error()+")")
		return
	}
	if err != nil {
		report(&response.Diagnostics, "Cannot change "+r.noun(), err)
		return
	}
	response.Diagnostics.Append(response.Private.SetKey(ctx, versionKey, quoted(version))...)
	response.Diagnostics.Append(response.State.Set(ctx, &model)...)
}

func (r *managed[M]) Delete(ctx context.Context, request resource.DeleteRequest, response *resource.DeleteResponse) {
	var model M
	response.Diagnostics.Append(request.State.Get(ctx, &model)...)
	if response.Diagnostics.HasError() {
		return
	}
	ctx, cancel := r.within(ctx, model, timeouts.Value.Delete, &response.Diagnostics)
	defer cancel()
	answer, err := r.delete(ctx, r.at, model)
	if err == nil && answer.Operation != "" {
		err = r.at.client.Await(ctx, answer.Operation)
	}
	if err == nil && r.lasting {
		err = r.awaitGone(ctx, model)
	}
	if err != nil {
		report(&response.Diagnostics, "Cannot delete "+r.noun(), err)
	}
}

func (r *managed[M]) awaitComplete(ctx context.Context, operation string, model *M) (string, error) {
	if err := r.at.client.Await(ctx, operation); err != nil {
		return "", err
	}
	for {
		version, err := r.read(ctx, r.at, model)
		if err != nil || r.complete == nil || r.complete(*model) {
			return version, err
		}
		if err := pause(ctx); err != nil {
			return version, fmt.Errorf("it was made, but does not serve yet: %w", err)
		}
	}
}

func (r *managed[M]) awaitGone(ctx context.Context, model M) error {
	for {
		_, err := r.read(ctx, r.at, &model)
		if api.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("it was deleted, but is still there: %w", err)
		}
	}
}

func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pollInterval):
		return nil
	}
}

func (r *managed[M]) ModifyPlan(
	ctx context.Context, request resource.ModifyPlanRequest, response *resource.ModifyPlanResponse,
) {
	var state *M
	if !request.State.Raw.IsNull() {
		response.Diagnostics.Append(request.State.Get(ctx, &state)...)
	}
	if response.Diagnostics.HasError() {
		return
	}
	deletes := request.Plan.Raw.IsNull()
	if !deletes && r.plan != nil {
		var planned, config M
		response.Diagnostics.Append(response.Plan.Get(ctx, &planned)...)
		response.Diagnostics.Append(request.Config.Get(ctx, &config)...)
		if response.Diagnostics.HasError() {
			return
		}
		found := r.plan(ctx, &planned, state, config)
		for _, diagnostic := range found {
			if replace, ok := diagnostic.(replacement); ok {
				response.RequiresReplace.Append(replace.at)
			} else {
				response.Diagnostics.Append(diagnostic)
			}
		}
		response.Diagnostics.Append(response.Plan.Set(ctx, &planned)...)
	}
	if state == nil || (!deletes && len(response.RequiresReplace) == 0) {
		return
	}
	if r.protected != nil && r.protected(*state).ValueBool() {
		response.Diagnostics.AddAttributeError(path.Root("deletion_protection"),
			capital(r.noun())+" is protected from deletion",
			"The plan deletes "+r.id(state).ValueString()+". Set deletion_protection to false and apply that first.")
	} else if r.precious && !deletes {
		response.Diagnostics.AddWarning("The plan replaces "+r.noun(),
			r.id(state).ValueString()+" is deleted with all its records, and an empty one takes its place.")
	}
}

func (r *managed[M]) ImportState(
	ctx context.Context, request resource.ImportStateRequest, response *resource.ImportStateResponse,
) {
	parts := strings.SplitN(request.ID, "/", len(r.importID))
	if len(parts) != len(r.importID) || strings.Contains("/"+request.ID+"/", "//") {
		response.Diagnostics.AddError("This is not the import id of "+r.noun(),
			"Expected "+strings.Join(r.importID, "/")+", got "+request.ID)
		return
	}
	for i, name := range r.importID {
		response.Diagnostics.Append(response.State.SetAttribute(ctx, path.Root(name), parts[i])...)
	}
}

func (r *managed[M]) within(
	ctx context.Context,
	model M,
	of func(timeouts.Value, context.Context, time.Duration) (time.Duration, diag.Diagnostics),
	diagnostics *diag.Diagnostics,
) (context.Context, context.CancelFunc) {
	patience := usualPatience
	if r.patience != nil {
		var found diag.Diagnostics
		patience, found = of(r.entity.patience(model), ctx, usualPatience)
		diagnostics.Append(found...)
	}
	return context.WithTimeout(ctx, patience)
}

func (r *managed[M]) noun() string {
	name := strings.ReplaceAll(r.name, "_", " ")
	if strings.ContainsAny(name[:1], "aeiou") {
		return "an " + name
	}
	return "a " + name
}

func capital(text string) string {
	return strings.ToUpper(text[:1]) + text[1:]
}

func quoted(version string) []byte {
	return []byte(`"` + version + `"`)
}
