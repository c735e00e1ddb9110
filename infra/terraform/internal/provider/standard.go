// SPDX-License-Identifier: Apache-2.0

package provider

import (
	"cmp"
	"context"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
)

// standard is how most things live in the API: made by a POST, changed by merge patches, found by id, with labels and
// protection in their metadata.
type standard[M, S, T any] struct {
	path   string
	common func(*M) *common
	tenant func(M) types.String      // whose it is; nil: the organization's
	spec   func(model, config M) any // of a new one
	patch  func(model, state, config M) map[string]any
	from   func(*M, api.Resource[S, T]) // what the API answered, into the model
	secret func(*M, api.Resource[S, T]) // what only the answer to a creation has; nil: nothing
}

// as completes an entity that has its words and attributes, and perhaps a deletion of its own.
func (s standard[M, S, T]) as(kind entity[M]) entity[M] {
	at := func(m *M) string { return s.path + "/" + escape(s.common(m).ID) }
	kind.id = func(m *M) *types.String { return &s.common(m).ID }
	kind.protected = func(m M) types.Bool { return s.common(&m).DeletionProtection }
	kind.importID = []string{"id"}
	kind.create = func(ctx context.Context, provider *provider, m *M, config M) (outcome, error) {
		tenant := ""
		if s.tenant != nil {
			tenant = cmp.Or(s.tenant(*m).ValueString(), provider.tenant)
		}
		var made api.Resource[S, T]
		answer, err := provider.client.Post(ctx, s.path, api.NewResource{
			Metadata: s.common(m).metadata(tenant), Spec: s.spec(*m, config),
		}, &made)
		if err != nil {
			return outcome{}, err
		}
		s.from(m, made)
		if s.secret != nil {
			s.secret(m, made)
		}
		return outcome{version: made.Metadata.ResourceVersion, operation: answer.Operation}, nil
	}
	kind.read = func(ctx context.Context, provider *provider, m *M) (string, error) {
		var found api.Resource[S, T]
		if err := provider.client.Get(ctx, at(m), &found); err != nil {
			return "", err
		}
		s.from(m, found)
		return found.Metadata.ResourceVersion, nil
	}
	kind.update = func(ctx context.Context, provider *provider, m *M, state, config M, version string) error {
		return provider.client.Patch(ctx, at(m), api.Patch{
			Metadata: s.common(m).patch(*s.common(&state)), Spec: s.patch(*m, state, config),
		}, nil, api.IfVersion(version))
	}
	if kind.delete != nil {
		return kind
	}
	kind.delete = func(ctx context.Context, provider *provider, m M) (api.Answer, error) {
		return provider.client.Delete(ctx, at(&m))
	}
	return kind
}

func escape(id types.String) string {
	return url.PathEscape(id.ValueString())
}
