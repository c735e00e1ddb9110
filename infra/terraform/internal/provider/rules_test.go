// SPDX-License-Identifier: Apache-2.0

package provider_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	states "github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/penstock-io/terraform-provider-penstock/internal/api"
	"github.com/penstock-io/terraform-provider-penstock/internal/contract"
	"github.com/penstock-io/terraform-provider-penstock/internal/fake"
	"github.com/penstock-io/terraform-provider-penstock/internal/provider"
)

// Each rule of the provider, against the fake.

const aCluster = `
resource "penstock_tenant" "t" { name = "t" }
resource "penstock_bucket" "b" {
  name = "b"
  uri  = "file:/tmp/b"
}
resource "penstock_cluster" "c" {
  name      = "c"
  tenant_id = penstock_tenant.t.id
  bucket_id = penstock_bucket.b.id
  fleet_id  = "flt_1"
}
`

const anAccount = aCluster + `
resource "penstock_service_account" "a" {
  name      = "a"
  tenant_id = penstock_tenant.t.id
}
`

type rig struct {
	*fake.API
	client *api.Client
}

// try runs the steps, and finds that destroying leaves nothing.
func try(t *testing.T, steps ...func(rig) resource.TestStep) {
	t.Helper()
	program, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("terraform is not here: go install github.com/hashicorp/terraform@v1.11.4")
	}
	t.Setenv("TF_ACC_TERRAFORM_PATH", program)
	t.Setenv("CHECKPOINT_DISABLE", "1")
	service := fake.New()
	server := httptest.NewServer(service.DropsAnswers(contract.Checked(t, service)))
	t.Cleanup(server.Close)
	t.Setenv("PENSTOCK_ENDPOINT", server.URL)
	t.Setenv("PENSTOCK_API_KEY", fake.Key)
	client, err := api.New(api.Settings{Endpoint: server.URL, APIKey: fake.Key, Timeout: time.Minute})
	must(t, err)
	all := make([]resource.TestStep, len(steps))
	for i, step := range steps {
		all[i] = step(rig{service, client})
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"penstock": providerserver.NewProtocol6WithError(provider.New("test")()),
		},
		Steps: all,
		CheckDestroy: func(*states.State) error {
			if left := service.Left(); len(left) > 0 {
				return fmt.Errorf("destroy left %v", left)
			}
			return nil
		},
	})
}

func applied(config string, checks ...statecheck.StateCheck) func(rig) resource.TestStep {
	return func(rig) resource.TestStep {
		return resource.TestStep{Config: config, ConfigStateChecks: checks}
	}
}

func refused(config, why string) func(rig) resource.TestStep {
	return func(rig) resource.TestStep {
		words := strings.Fields(why)
		for i, word := range words {
			words[i] = regexp.QuoteMeta(word)
		}
		return resource.TestStep{Config: config, ExpectError: regexp.MustCompile(strings.Join(words, `[\s│]+`))}
	}
}

func planned(config string, checks ...plancheck.PlanCheck) func(rig) resource.TestStep {
	return func(rig) resource.TestStep {
		return resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: checks}}
	}
}

func has(address, attribute string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), value)
}

func meanwhile(step func(rig) resource.TestStep, happens func(rig)) func(rig) resource.TestStep {
	return func(at rig) resource.TestStep {
		made := step(at)
		made.PreConfig = func() { happens(at) }
		return made
	}
}

func topic(body string) string {
	return aCluster + "resource \"penstock_topic\" \"x\" {\n  cluster_id = penstock_cluster.c.id\n  name = \"x\"\n" + body + "\n}\n"
}

func TestALostAnswerMakesNothingTwice(t *testing.T) {
	tenants := `
resource "penstock_tenant" "t" {
  count = 2
  name  = "t${count.index}"
}`
	try(t, meanwhile(applied(tenants), func(at rig) { at.LoseAnswers(2) }), func(at rig) resource.TestStep {
		return resource.TestStep{Config: tenants, Check: func(*states.State) error {
			if at.Posts != 2 {
				return fmt.Errorf("%d POSTs had an effect", at.Posts)
			}
			return nil
		}}
	})
}

func TestAProtectedResourceIsNotPlannedAway(t *testing.T) {
	protected := `
resource "penstock_tenant" "t" {
  name                = "t"
  deletion_protection = true
}`
	try(t,
		applied(protected),
		refused(`output "nothing" { value = 1 }`, "A tenant is protected from deletion"),
		applied(strings.Replace(protected, "true", "false", 1)))
}

func TestATopicOwnsTheConfigsThatAreWritten(t *testing.T) {
	written := topic(`config = { "retention.ms" = 604800000, "cleanup.policy" = "compact,delete" }`)
	path := func(at rig) string {
		for _, left := range at.Left() {
			if strings.HasSuffix(left, "/topics/x") {
				return left
			}
		}
		return ""
	}
	set := func(configs map[string]any) func(rig) {
		return func(at rig) {
			must(t, at.client.Patch(context.Background(), path(at),
				api.Patch{Spec: map[string]any{"configs": configs}}, nil))
		}
	}
	try(t,
		applied(written, has("penstock_topic.x", "config", knownvalue.MapSizeExact(2)),
			has("penstock_topic.x", "partitions", knownvalue.Int64Exact(1))),
		// What others set is in effect, and no difference.
		meanwhile(planned(written, plancheck.ExpectEmptyPlan()), set(map[string]any{"max.message.bytes": "4096"})),
		// What means the same is no difference, here or there.
		meanwhile(planned(written, plancheck.ExpectEmptyPlan()),
			set(map[string]any{"retention.ms": "604800000.0", "cleanup.policy": "delete, compact"})),
		planned(topic(`config = { "retention.ms" = "6.048e8", "cleanup.policy" = "delete,compact" }`),
			plancheck.ExpectEmptyPlan()),
		// What was changed by others is changed back.
		meanwhile(planned(written, plancheck.ExpectResourceAction("penstock_topic.x", plancheck.ResourceActionUpdate)),
			set(map[string]any{"retention.ms": "1"})),
		// What is no longer written returns to its default; what others set stays.
		applied(topic(`config = { "retention.ms" = 604800000 }`),
			has("penstock_topic.x", "effective_config", knownvalue.MapExact(map[string]knownvalue.Check{
				"retention.ms": knownvalue.StringExact("604800000"), "cleanup.policy": knownvalue.StringExact("delete"),
				"max.message.bytes": knownvalue.StringExact("4096"), "min.insync.replicas": knownvalue.StringExact("1"),
			}))))
}

func TestPartitionsOnlyGrow(t *testing.T) {
	try(t,
		applied(topic("partitions = 3")),
		planned(topic("partitions = 6"),
			plancheck.ExpectResourceAction("penstock_topic.x", plancheck.ResourceActionUpdate)),
		refused(topic("partitions = 2"), "has 6 partitions, and the configuration wants 2"),
		planned(topic("partitions = 2\n  allow_partition_decrease_by_replace = true"),
			plancheck.ExpectResourceAction("penstock_topic.x", plancheck.ResourceActionDestroyBeforeCreate)),
		applied(topic("partitions = 2\n  deletion_protection = true")),
		refused(topic("partitions = 1\n  allow_partition_decrease_by_replace = true\n  deletion_protection = true"),
			"A topic is protected from deletion"),
		applied(topic("partitions = 2")))
}

func TestARefusalNamesTheAttribute(t *testing.T) {
	try(t,
		refused(topic(`config = { "retention.ms" = "soon" }`), `"retention.ms" = "soon"`),
		refused(`resource "penstock_acl" "x" {
  cluster_id    = "kc_1"
  principal     = "User:*"
  resource_type = "2"
  resource_name = "x"
  operation     = "READ"
}`, `resource_type value must be one of`),
		applied(aCluster))
}

func TestSomebodyElsesChangeIsNotOverwritten(t *testing.T) {
	try(t,
		applied(`resource "penstock_tenant" "t" { name = "t" }`),
		func(at rig) resource.TestStep {
			return resource.TestStep{
				Config: `resource "penstock_tenant" "t" {
  name        = "t"
  description = provider::penstock::s3_uri(penstock_bucket.b.id, "", {})
}
resource "penstock_bucket" "b" {
  name = "meanwhile"
  uri  = "file:/tmp/b"
}`,
				// The bucket is made after the plan: that is when somebody else comes.
				PreConfig:   func() { at.Meanwhile("/v1/buckets", "/v1/tenants/tn_0001") },
				ExpectError: regexp.MustCompile(`Somebody else changed a tenant meanwhile`),
			}
		})
}

func TestASecretOfOnesOwnIsNowhere(t *testing.T) {
	own := func(secret string, version int) string {
		return anAccount + fmt.Sprintf(`
resource "penstock_credential" "k" {
  cluster_id         = penstock_cluster.c.id
  service_account_id = penstock_service_account.a.id
  secret_wo          = %q
  secret_wo_version  = %d
}`, secret, version)
	}
	k := "penstock_credential.k"
	try(t,
		refused(own("short", 1), "string length must be between 16 and 128"),
		applied(own("a secret of my own", 1), has(k, "secret", knownvalue.Null()), has(k, "secret_wo", knownvalue.Null()),
			has(k, "previous_id", knownvalue.Null())),
		planned(own("another that nobody is told of", 1), plancheck.ExpectEmptyPlan()),
		applied(own("another that is told of", 2), has(k, "secret", knownvalue.Null()),
			has(k, "previous_id", knownvalue.StringRegexp(regexp.MustCompile("^key_")))))
}

func TestAnEphemeralCredentialLeavesNothing(t *testing.T) {
	opened := anAccount + `
ephemeral "penstock_credential" "run" {
  cluster_id         = penstock_cluster.c.id
  service_account_id = penstock_service_account.a.id
  lifetime           = "15m"
}
ephemeral "penstock_api_key" "run" {
  name = "run"
  role = "VIEWER"
}
`
	try(t, applied(opened), func(at rig) resource.TestStep {
		return resource.TestStep{Config: opened, Check: func(*states.State) error {
			for _, left := range at.Left() {
				if strings.Contains(left, "/credentials/") || strings.Contains(left, "/api-keys/") {
					return fmt.Errorf("%s is still there", left)
				}
			}
			if at.Posts < 6 {
				return fmt.Errorf("only %d POSTs: nothing was opened", at.Posts)
			}
			return nil
		}}
	})
}

func TestWhatCanBeLookedUp(t *testing.T) {
	try(t, applied(anAccount+`
resource "penstock_topic" "x" {
  count      = 3
  cluster_id = penstock_cluster.c.id
  name       = "x${count.index}"
  config     = { "retention.ms" = 1000 }
}
data "penstock_tenant" "by_name" { name = penstock_tenant.t.name }
data "penstock_cluster" "by_id" { id = penstock_cluster.c.id }
data "penstock_clusters" "all" { tenant_id = penstock_cluster.c.tenant_id }
data "penstock_service_account" "by_name" {
  name      = penstock_service_account.a.name
  tenant_id = penstock_tenant.t.id
}
data "penstock_bucket" "by_name" { name = penstock_bucket.b.name }
data "penstock_topic" "x" {
  cluster_id = penstock_cluster.c.id
  name       = penstock_topic.x[1].name
}
data "penstock_topics" "x" {
  cluster_id = penstock_topic.x[0].cluster_id
  prefix     = "x"
  depends_on = [penstock_topic.x]
}
data "penstock_connection" "kcat" {
  cluster_id = penstock_cluster.c.id
  client     = "kcat"
}
data "penstock_brokers" "all" { fleet_id = "flt_1" }
output "jaas" { value = provider::penstock::jaas("key_1", "s\"3", "SCRAM-SHA-512") }
output "servers" { value = provider::penstock::parse_bootstrap("a:1, [::1]:2")[1] }
output "uri" { value = provider::penstock::s3_uri("b", "r", { endpoint = "http://h:1", path_style = true }) }
`,
		has("data.penstock_tenant.by_name", "id", knownvalue.StringRegexp(regexp.MustCompile("^tn_"))),
		has("data.penstock_cluster.by_id", "name", knownvalue.StringExact("c")),
		has("data.penstock_clusters.all", "items", knownvalue.ListSizeExact(1)),
		has("data.penstock_service_account.by_name", "principal", knownvalue.StringRegexp(regexp.MustCompile("^User:sa_"))),
		has("data.penstock_bucket.by_name", "uri", knownvalue.StringExact("file:/tmp/b")),
		has("data.penstock_topic.x", "partitions", knownvalue.Int64Exact(1)),
		has("data.penstock_topics.x", "items", knownvalue.ListSizeExact(3)),
		has("data.penstock_connection.kcat", "bootstrap_servers", knownvalue.StringExact("127.0.0.1:9092")),
		has("data.penstock_brokers.all", "items", knownvalue.ListSizeExact(1)),
		statecheck.ExpectKnownOutputValue("jaas", knownvalue.StringExact(
			`org.apache.kafka.common.security.scram.ScramLoginModule required username="key_1" password="s\"3";`)),
		statecheck.ExpectKnownOutputValue("servers", knownvalue.ObjectExact(map[string]knownvalue.Check{
			"host": knownvalue.StringExact("::1"), "port": knownvalue.Int64Exact(2)})),
		statecheck.ExpectKnownOutputValue("uri", knownvalue.StringExact(
			"s3://b/r?endpoint=http%3A%2F%2Fh%3A1&path_style=true"))))
}

func TestWhoseCertificatesAndTokensOpenACluster(t *testing.T) {
	trusts := func(body string) string {
		return aCluster + "resource \"penstock_cluster_authentication\" \"x\" {\n  cluster_id = penstock_cluster.c.id\n" + body + "\n}\n"
	}
	try(t,
		applied(trusts(`client_ca = "a certificate"`)),
		applied(trusts("tokens_keys_url = \"https://issuer/keys\"\n  tokens_issuer = \"https://issuer\"\n  tokens_audience = \"kafka\""),
			has("penstock_cluster_authentication.x", "client_ca", knownvalue.Null())))
}

func TestTheProvidersTenantIsMeantWhereNoneIsNamed(t *testing.T) {
	t.Setenv("PENSTOCK_TENANT_ID", "tn_9")
	try(t,
		applied(`
resource "penstock_service_account" "a" { name = "a" }
resource "penstock_service_account" "other" {
  name      = "other"
  tenant_id = "tn_8"
}
resource "penstock_api_key" "k" {
  name = "k"
  role = "VIEWER"
}
data "penstock_service_accounts" "all" {
  depends_on = [penstock_service_account.a, penstock_service_account.other]
}
`,
			has("penstock_service_account.a", "tenant_id", knownvalue.StringExact("tn_9")),
			has("penstock_api_key.k", "tenant_id", knownvalue.StringExact("tn_9")),
			has("data.penstock_service_accounts.all", "items", knownvalue.ListSizeExact(1))))
}

func TestAKeyOfTheOrganizationIsBoundToNoTenant(t *testing.T) {
	key := `resource "penstock_api_key" "k" {
  name   = "k"
  role   = "VIEWER"
  labels = { use = "%s" }
}`
	try(t,
		applied(fmt.Sprintf(key, "one"), has("penstock_api_key.k", "tenant_id", knownvalue.Null())),
		planned(fmt.Sprintf(key, "another"), plancheck.ExpectResourceAction("penstock_api_key.k",
			plancheck.ResourceActionUpdate)))
}

func TestTheRulesNumberOfBrokersIsNoDifference(t *testing.T) {
	fleet := func(body string) string {
		return "resource \"penstock_fleet\" \"f\" {\n  name = \"f\"\n" + body + "\n}\n"
	}
	rule := `autoscaling = {
    min_brokers      = 1
    max_brokers      = 6
    bytes_per_second = 1000000
  }
  zones = ["a", "b"]`
	scale := func(brokers int) func(rig) {
		return func(at rig) {
			must(t, at.client.Patch(context.Background(), "/v1/fleets/flt_0001",
				api.Patch{Spec: map[string]any{"desired_brokers": brokers}}, nil))
		}
	}
	f := "penstock_fleet.f"
	try(t,
		applied(fleet(rule), has(f, "desired_brokers", knownvalue.Int64Exact(3)),
			has(f, "provisioning", knownvalue.StringExact("MANAGED"))),
		meanwhile(planned(fleet(rule), plancheck.ExpectEmptyPlan()), scale(5)),
		applied(fleet(rule+"\n  labels = { a = \"b\" }"), has(f, "desired_brokers", knownvalue.Int64Exact(5))),
		applied(fleet("desired_brokers = 2"), has(f, "autoscaling", knownvalue.Null()), has(f, "zones", knownvalue.Null()),
			has(f, "serving", knownvalue.Int64Exact(2))))
}

func TestALimitThatIsNoLongerWrittenIsNone(t *testing.T) {
	quota := func(body string) string {
		return anAccount + "resource \"penstock_quota\" \"q\" {\n  cluster_id = penstock_cluster.c.id\n" +
			"  principal = penstock_service_account.a.principal\n" + body + "\n}\n"
	}
	q := "penstock_quota.q"
	try(t,
		refused(aCluster+"resource \"penstock_quota\" \"q\" { cluster_id = penstock_cluster.c.id }", "At least one attribute out of"),
		applied(quota("produce_bytes_per_s = 1000000\n  request_percent = 12.5"),
			has(q, "request_percent", knownvalue.Float64Exact(12.5)), has(q, "fetch_bytes_per_s", knownvalue.Null())),
		planned(quota("produce_bytes_per_s = 2000000"),
			plancheck.ExpectResourceAction(q, plancheck.ResourceActionUpdate)),
		applied(quota("produce_bytes_per_s = 2000000"), has(q, "request_percent", knownvalue.Null())))
}
