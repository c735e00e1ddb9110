// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
	"github.com/penstock-io/terraform-provider-penstock/internal/contract"
	"github.com/penstock-io/terraform-provider-penstock/internal/fake"
)

const source = "registry.terraform.io/penstock-io/penstock"

// A whole tenant's life, by the real Terraform: once against the fake, and where PENSTOCK_ACC is set against a launched
// Penstock. Whatever goes over the wire is held to the contract in both.
func TestAWholeTenantsLife(t *testing.T) {
	t.Run("fake", func(t *testing.T) {
		service := fake.New()
		wholeTenant(t, serve(t, service), fake.Key, 5)
		if left := service.Left(); len(left) > 0 {
			t.Errorf("destroy left %v", left)
		}
	})
	t.Run("launched", func(t *testing.T) {
		if os.Getenv("PENSTOCK_ACC") == "" {
			t.Skip("PENSTOCK_ACC is not set: no Penstock is launched")
		}
		endpoint, key := launch(t)
		target, err := url.Parse(endpoint)
		if err != nil {
			t.Fatal(err)
		}
		wholeTenant(t, serve(t, httputil.NewSingleHostReverseProxy(target)), key, 50)
	})
}

func wholeTenant(t *testing.T, endpoint, key string, topics int) {
	ctx := context.Background()
	client, err := api.New(api.Settings{Endpoint: endpoint, APIKey: key, Timeout: time.Minute, MaxRetries: 3})
	if err != nil {
		t.Fatal(err)
	}
	tf := newTerraform(t, endpoint, key)
	before := everything(t, client)
	tf.copy(t, filepath.Join("..", "..", "examples", "whole-tenant"))
	bucket := filepath.Join(t.TempDir(), "bucket")
	if err := os.Mkdir(bucket, 0o700); err != nil {
		t.Fatal(err)
	}
	variables := []string{"-var", "bucket_uri=file:" + bucket, "-var", "topics=" + strconv.Itoa(topics)}
	apply := append([]string{"apply", "-auto-approve", "-no-color"}, variables...)
	plan := append([]string{"plan", "-detailed-exitcode", "-no-color"}, variables...)

	tf.run(t, 0, "init", "-no-color")
	tf.run(t, 0, apply...)
	tf.run(t, 0, plan...) // 0: nothing to change

	// Drift, one of each: an owned config, an ACL of a set, a topic that is gone. A config that nobody here owns is none.
	cluster := tf.attribute(t, "penstock_cluster.this", "id")
	topic := "/v1/clusters/" + cluster + "/topics/events.0"
	for name, config := range map[string]string{"0": "retention.ms", "2": "max.message.bytes"} {
		must(t, client.Patch(ctx, topic+name, api.Patch{Spec: map[string]any{"configs": map[string]any{config: "4096"}}}, nil))
	}
	grants := strings.Split(tf.attribute(t, "penstock_access.reader", "id"), ",")
	_, err = client.Delete(ctx, "/v1/clusters/"+cluster+"/acls/"+grants[0])
	must(t, err)
	_, err = client.Delete(ctx, topic+"1")
	must(t, err)
	eventually(t, func() bool { return api.IsNotFound(client.Get(ctx, topic+"1", nil)) })
	expect(t, tf.run(t, 2, plan...), "Plan: 1 to add, 2 to change, 0 to destroy")
	tf.run(t, 0, apply...)
	tf.run(t, 0, plan...)

	// Rotation changes the credential in place, and the one before works on.
	old := tf.attribute(t, "penstock_credential.reader", "id")
	rotated := append(slices.Clone(variables), "-var", "rotation=second")
	expect(t, tf.run(t, 0, append([]string{"apply", "-auto-approve", "-no-color"}, rotated...)...), "0 added, 1 changed, 0 destroyed")
	if now := tf.attribute(t, "penstock_credential.reader", "id"); now == old {
		t.Error("the credential was not rotated")
	}
	if was := tf.attribute(t, "penstock_credential.reader", "previous_id"); was != old {
		t.Errorf("the credential before is %s, not %s", was, old)
	}
	must(t, client.Get(ctx, "/v1/clusters/"+cluster+"/credentials/"+old, nil))
	tf.run(t, 0, append([]string{"plan", "-detailed-exitcode", "-no-color"}, rotated...)...)

	// Everything imported into an empty state, with the configuration that Terraform writes itself.
	imported := newTerraform(t, endpoint, key)
	count := imported.imports(t, tf.state(t))
	imported.run(t, 0, "init", "-no-color")
	expect(t, imported.run(t, 2, "plan", "-detailed-exitcode", "-no-color", "-generate-config-out=generated.tf"),
		fmt.Sprintf("Plan: %d to import, 0 to add, 0 to change, 0 to destroy", count))
	imported.run(t, 0, "apply", "-auto-approve", "-no-color")
	imported.run(t, 0, "plan", "-detailed-exitcode", "-no-color")

	tf.run(t, 0, append([]string{"destroy", "-auto-approve", "-no-color"}, rotated...)...)
	if after := everything(t, client); !slices.Equal(before, after) {
		t.Errorf("destroy left %v where there was %v", after, before)
	}
}

// terraform is a folder with a configuration, the real program, and the provider of this source tree in a mirror, as
// people without a registry use it.
type terraform struct {
	folder      string
	environment []string
}

func newTerraform(t *testing.T, endpoint, key string) *terraform {
	t.Helper()
	program, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("terraform is not here: go install github.com/hashicorp/terraform@v1.11.4")
	}
	folder := t.TempDir()
	mirror := filepath.Join(folder, "mirror")
	provider := filepath.Join(mirror, source, "0.1.0", runtime.GOOS+"_"+runtime.GOARCH, "terraform-provider-penstock_v0.1.0")
	build := exec.Command("go", "build", "-o", provider, ".")
	build.Dir = filepath.Join("..", "..")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("the provider does not build: %s", said)
	}
	settings := filepath.Join(folder, "terraform.rc")
	text := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror)
	must(t, os.WriteFile(settings, []byte(text), 0o600))
	work := filepath.Join(folder, "work")
	must(t, os.Mkdir(work, 0o700))
	return &terraform{folder: work, environment: append(os.Environ(),
		"TF_CLI_CONFIG_FILE="+settings, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1",
		"PENSTOCK_ENDPOINT="+endpoint, "PENSTOCK_API_KEY="+key, "TERRAFORM="+program)}
}

func (tf *terraform) copy(t *testing.T, from string) {
	t.Helper()
	must(t, os.CopyFS(tf.folder, os.DirFS(from)))
}

// run expects an exit code; 2 is how plan says that there is something to do.
func (tf *terraform) run(t *testing.T, expected int, arguments ...string) string {
	t.Helper()
	command := exec.Command("terraform", arguments...)
	command.Dir, command.Env = tf.folder, tf.environment
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	start := time.Now()
	_ = command.Run()
	t.Logf("terraform %s took %.1f s", arguments[0], time.Since(start).Seconds())
	if code := command.ProcessState.ExitCode(); code != expected {
		t.Fatalf("terraform %v ended with %d instead of %d:\n%s", arguments, code, expected, said.String())
	}
	return said.String()
}

type stateResource struct {
	Address string         `json:"address"`
	Mode    string         `json:"mode"`
	Type    string         `json:"type"`
	Name    string         `json:"name"`
	Index   any            `json:"index"`
	Values  map[string]any `json:"values"`
}

func (tf *terraform) state(t *testing.T) []stateResource {
	t.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []stateResource `json:"resources"`
			} `json:"root_module"`
		} `json:"values"`
	}
	must(t, json.Unmarshal([]byte(tf.run(t, 0, "show", "-json")), &state))
	return state.Values.RootModule.Resources
}

func (tf *terraform) attribute(t *testing.T, address, name string) string {
	t.Helper()
	for _, resource := range tf.state(t) {
		if resource.Address == address {
			return fmt.Sprint(resource.Values[name])
		}
	}
	t.Fatalf("%s is not in the state", address)
	return ""
}

// imports writes an import block for everything in a state.
func (tf *terraform) imports(t *testing.T, state []stateResource) int {
	t.Helper()
	text := strings.Builder{}
	text.WriteString("terraform {\n  required_providers {\n    penstock = {\n      source = \"penstock-io/penstock\"\n    }\n  }\n}\n")
	count := 0
	for _, resource := range state {
		if resource.Mode != "managed" {
			continue
		}
		id := fmt.Sprint(resource.Values["id"])
		switch resource.Type {
		case "penstock_acl", "penstock_access", "penstock_credential", "penstock_quota":
			id = fmt.Sprint(resource.Values["cluster_id"], "/", id)
		}
		name := resource.Name
		if resource.Index != nil {
			name = fmt.Sprintf("%s_%v", name, resource.Index)
		}
		fmt.Fprintf(&text, "import {\n  to = %s.%s\n  id = %q\n}\n", resource.Type, name, id)
		count++
	}
	must(t, os.WriteFile(filepath.Join(tf.folder, "imports.tf"), []byte(text.String()), 0o600))
	return count
}

// everything is what there is, by kind and name.
func everything(t *testing.T, client *api.Client) []string {
	t.Helper()
	var names []string
	for _, collection := range []string{"tenants", "buckets", "fleets", "clusters", "service-accounts", "api-keys"} {
		all, err := api.List[api.Tenant](context.Background(), client, "/v1/"+collection, nil)
		must(t, err)
		for _, one := range all {
			names = append(names, collection+"/"+one.Metadata.Name)
		}
	}
	slices.Sort(names)
	return names
}

func serve(t *testing.T, service http.Handler) string {
	t.Helper()
	server := httptest.NewServer(contract.Checked(t, service))
	t.Cleanup(server.Close)
	return server.URL
}

// launch starts a Penstock of this source tree in a folder of its own, and stops it after the test.
func launch(t *testing.T) (endpoint, key string) {
	t.Helper()
	launcher, err := filepath.Abs(filepath.Join("..", "..", "..", "..", "penstock"))
	must(t, err)
	data := filepath.Join(t.TempDir(), "data")
	kafka := freeBlock(t)
	penstock := func(arguments ...string) []byte {
		command := exec.Command(launcher, append(arguments, "--data", data)...)
		command.Stderr = os.Stderr
		said, err := command.Output()
		if err != nil {
			t.Fatalf("./penstock %v: %v\n%s", arguments, err, said)
		}
		return said
	}
	t.Cleanup(func() { penstock("down") })
	penstock("up", "--detach", "--brokers", "1", "--http-port", strconv.Itoa(freePort(t)),
		"--kafka-port", strconv.Itoa(kafka))
	var status struct {
		API string `json:"api"`
		Key string `json:"api_key"`
	}
	must(t, json.Unmarshal(penstock("status", "--json"), &status))
	return strings.TrimSuffix(status.API, "/v1"), status.Key
}

func expect(t *testing.T, said, text string) {
	t.Helper()
	if !strings.Contains(said, text) {
		t.Fatalf("expected %q in:\n%s", text, said)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, holds func() bool) {
	t.Helper()
	for range 300 {
		if holds() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("it never came to be")
}
