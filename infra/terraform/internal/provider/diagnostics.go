// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
)

// report tells an error where it belongs: a problem that names fields becomes one diagnostic at each.
func report(diagnostics *diag.Diagnostics, summary string, err error) {
	var refused *api.Problem
	if errors.As(err, &refused) {
		placed := 0
		for _, wrong := range refused.Errors {
			if at, ok := attribute(wrong.Pointer); ok {
				diagnostics.AddAttributeError(at, summary, refused.Detail+" "+wrong.Detail+" ("+wrong.Code+")")
				placed++
			}
		}
		if placed > 0 {
			return
		}
	}
	diagnostics.AddError(summary, err.Error())
}

// Where a field of the API is another attribute here.
var renamed = map[string]string{"configs": "config", "uri": "uri", "credentials": "access_key_id"}

// attribute finds the attribute that a JSON pointer into a request means.
func attribute(pointer string) (path.Path, bool) {
	steps := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	if len(steps) > 1 && (steps[0] == "spec" || steps[0] == "metadata") {
		steps = steps[1:]
	}
	if steps[0] == "" || strings.HasPrefix(steps[0], "?") {
		return path.Empty(), false
	}
	name := steps[0]
	if other, ok := renamed[name]; ok {
		name = other
	}
	at := path.Root(name)
	if len(steps) > 1 && (name == "config" || name == "labels") {
		at = at.AtMapKey(strings.Join(steps[1:], "/"))
	}
	return at, true
}

// replacement is how a plan says that a change cannot be made in place; it never reaches people.
type replacement struct {
	diag.Diagnostic
	at path.Path
}

func replaces(attribute string) replacement {
	return replacement{Diagnostic: diag.NewWarningDiagnostic("replace", attribute), at: path.Root(attribute)}
}
