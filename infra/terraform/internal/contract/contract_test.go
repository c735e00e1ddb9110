// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// probe is a test that may fail without failing this one.
type probe struct {
	testing.TB
	said []string
}

func (p *probe) Errorf(format string, arguments ...any) {
	p.said = append(p.said, fmt.Sprintf(format, arguments...))
}

const tenant = `{"api_version":"penstock/v1","kind":"Tenant","id":"tn_1","metadata":{"name":"a","resource_version":"1",
"self":"/v1/tenants/tn_1"},"spec":{"description":"x"},"status":{"phase":"READY"}}`

func TestDeviationsAreFound(t *testing.T) {
	for name, exchange := range map[string]struct {
		method, path, header, body string
		status                     int
		answer                     string
		found                      string
	}{
		"as it should be":       {"GET", "/v1/tenants/tn_1", "", "", 200, tenant, ""},
		"a problem":             {"GET", "/v1/tenants/tn_1", "", "", 404, `{"type":"t","title":"t","status":404,"detail":"d","code":"c","retryable":false}`, ""},
		"made":                  {"POST", "/v1/tenants", "Idempotency-Key", `{"metadata":{"name":"a"}}`, 201, tenant, ""},
		"unknown path":          {"GET", "/v1/wishes", "", "", 200, tenant, "no such request"},
		"unknown method":        {"PUT", "/v1/tenants/tn_1", "", `{}`, 200, tenant, "no such request"},
		"unknown parameter":     {"GET", "/v1/tenants?color=red", "", "", 200, `{"metadata":{},"data":[]}`, "no parameter color"},
		"unknown header":        {"GET", "/v1/tenants/tn_1", "If-Match", "", 200, tenant, "no header If-Match"},
		"unknown field":         {"POST", "/v1/tenants", "", `{"metadata":{"name":"a"},"wish":1}`, 201, tenant, "wish"},
		"missing field":         {"POST", "/v1/tenants", "", `{"metadata":{}}`, 201, tenant, "name"},
		"undeclared status":     {"GET", "/v1/tenants/tn_1", "", "", 202, tenant, "no answer 202"},
		"wrong type in answer":  {"GET", "/v1/tenants/tn_1", "", "", 200, strings.Replace(tenant, `"a"`, "1", 1), "name"},
		"answer lacks its spec": {"GET", "/v1/tenants/tn_1", "", "", 200, strings.Replace(tenant, `"spec"`, `"specs"`, 1), "spec"},
		"body where none is":    {"DELETE", "/v1/tenants/tn_1", "", "", 204, tenant, "nothing of a body"},
	} {
		t.Run(name, func(t *testing.T) {
			watched := &probe{TB: t}
			handler := Checked(watched, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				mediaType := "application/json"
				if exchange.status >= 400 {
					mediaType = "application/problem+json"
				}
				w.Header().Set("Content-Type", mediaType)
				w.WriteHeader(exchange.status)
				_, _ = w.Write([]byte(exchange.answer))
			}))
			request := httptest.NewRequest(exchange.method, exchange.path, strings.NewReader(exchange.body))
			request.Header.Set("Content-Type", "application/json")
			if exchange.header != "" {
				request.Header.Set(exchange.header, "12345678")
			}
			handler.ServeHTTP(httptest.NewRecorder(), request)
			if exchange.found == "" && len(watched.said) > 0 {
				t.Errorf("found %v", watched.said)
			}
			if exchange.found != "" && (len(watched.said) != 1 || !strings.Contains(watched.said[0], exchange.found)) {
				t.Errorf("found %v instead of %q", watched.said, exchange.found)
			}
		})
	}
}
