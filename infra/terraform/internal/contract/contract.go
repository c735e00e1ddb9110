// SPDX-License-Identifier: Apache-2.0

// Package contract holds everything that goes over the wire in tests to openapi.yaml: a fake that lies, a provider that
// sends what no contract knows, and a server that answers what it did not promise are all found.
package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

const resource = "openapi.yaml"

type object = map[string]any

// document is the contract of the source tree that the test is in. OpenAPI 3.1 schemas are JSON schemas.
type document struct {
	root     object
	router   *http.ServeMux
	mutex    sync.Mutex // compiling and caching schemas is not safe for concurrent use
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
}

var shared = sync.OnceValues(func() (*document, error) {
	_, here, _, _ := runtime.Caller(0)
	text, err := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "..", "..", "..",
		"control-plane", "public-api", "src", "main", "resources", "io", "penstock", "api", resource))
	if err != nil {
		return nil, err
	}
	var read any
	if err := yaml.Unmarshal(text, &read); err != nil {
		return nil, err
	}
	// Numbers as JSON has them.
	plain, err := json.Marshal(read)
	if err != nil {
		return nil, err
	}
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource(resource, root); err != nil {
		return nil, err
	}
	contract := &document{
		root: root.(object), router: http.NewServeMux(), compiler: compiler, schemas: map[string]*jsonschema.Schema{},
	}
	for path, item := range contract.root["paths"].(object) {
		for method := range item.(object) {
			contract.router.Handle(strings.ToUpper(method)+" "+path, http.NotFoundHandler())
		}
	}
	return contract, nil
})

// Checked passes everything on to next; a deviation from the contract fails the test.
func Checked(t testing.TB, next http.Handler) http.Handler {
	t.Helper()
	contract, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("%s %s: the request broke off: %v", r.Method, r.URL, err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		recorder := httptest.NewRecorder()
		next.ServeHTTP(recorder, r)
		said := recorder.Body.Bytes()
		if err := contract.exchange(r, body, recorder.Result(), said); err != nil {
			t.Errorf("%s %s: %v\nrequest: %s\nanswer %d: %s", r.Method, r.URL, err, body, recorder.Code, said)
		}
		for name, values := range recorder.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(said)
	})
}

func (d *document) exchange(r *http.Request, body []byte, answer *http.Response, said []byte) error {
	_, pattern := d.router.Handler(r)
	_, path, known := strings.Cut(pattern, " ")
	if !known {
		return fmt.Errorf("the contract has no such request")
	}
	operation := []string{"paths", path, strings.ToLower(r.Method)}
	if err := d.parameters(operation, r); err != nil {
		return err
	}
	if len(body) > 0 {
		if err := d.content(append(operation, "requestBody"), r.Header.Get("Content-Type"), body); err != nil {
			return fmt.Errorf("the request: %w", err)
		}
	}
	status := fmt.Sprint(answer.StatusCode)
	responses := d.at(append(operation, "responses")).(object)
	if _, declared := responses[status]; !declared {
		if answer.StatusCode < 400 || responses["default"] == nil {
			return fmt.Errorf("the contract has no answer %s", status)
		}
		status = "default"
	}
	if err := d.content(append(operation, "responses", status), answer.Header.Get("Content-Type"), said); err != nil {
		return fmt.Errorf("the answer: %w", err)
	}
	return nil
}

// parameters are all declared.
func (d *document) parameters(operation []string, r *http.Request) error {
	declared := map[string]bool{}
	parameters, _ := d.at(operation).(object)["parameters"].([]any)
	for i := range parameters {
		parameter := d.at(append(operation, "parameters", fmt.Sprint(i))).(object)
		if parameter["in"] == "query" || parameter["in"] == "header" {
			declared[fmt.Sprint(parameter["in"], " ", parameter["name"])] = true
		}
	}
	for name := range r.URL.Query() {
		if !declared["query "+name] {
			return fmt.Errorf("the contract knows no parameter %s here", name)
		}
	}
	for _, name := range []string{"Idempotency-Key", "If-Match", "If-None-Match", "Prefer"} {
		if r.Header.Get(name) != "" && !declared["header "+name] {
			return fmt.Errorf("the contract knows no header %s here", name)
		}
	}
	return nil
}

func (d *document) content(pointer []string, mediaType string, body []byte) error {
	pointer = d.resolved(pointer)
	content, _ := d.at(pointer).(object)["content"].(object)
	if content == nil {
		if len(body) > 0 {
			return fmt.Errorf("the contract says nothing of a body")
		}
		return nil
	}
	parsed, _, err := mime.ParseMediaType(mediaType)
	if err != nil || content[parsed] == nil {
		return fmt.Errorf("the contract says nothing of %q", mediaType)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return err
	}
	schema, err := d.schema(append(pointer, "content", parsed, "schema"))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

func (d *document) schema(pointer []string) (*jsonschema.Schema, error) {
	escaped := make([]string, len(pointer))
	for i, step := range pointer {
		escaped[i] = strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(step)
	}
	location := resource + "#/" + strings.Join(escaped, "/")
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if known := d.schemas[location]; known != nil {
		return known, nil
	}
	schema, err := d.compiler.Compile(location)
	d.schemas[location] = schema
	return schema, err
}

// at is what a pointer points at, references followed.
func (d *document) at(pointer []string) any {
	var found any = d.root
	for _, step := range d.resolved(pointer) {
		found = child(found, step)
	}
	return found
}

// resolved follows the reference that may stand where the pointer points.
func (d *document) resolved(pointer []string) []string {
	var found any = d.root
	for _, step := range pointer {
		found = child(found, step)
	}
	if reference, ok := found.(object)["$ref"].(string); ok {
		return strings.Split(strings.TrimPrefix(reference, "#/"), "/")
	}
	return pointer
}

func child(of any, step string) any {
	if list, ok := of.([]any); ok {
		var index int
		_, _ = fmt.Sscan(step, &index)
		return list[index]
	}
	return of.(object)[step]
}
