// SPDX-License-Identifier: Apache-2.0

// Package fake is the API in a test's own process: resources in memory, with the answers that matter to a client:
// versions, idempotency, operations that take a while, protection. That its answers are possible ones is the contract's
// to check; that they are the right ones, the acceptance tests': the same scenarios run against both.
package fake

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Key is the API key it takes.
const Key = "psk_fake"

type object = map[string]any

// How often an operation is looked at before it is over.
const looksUntilDone = 2

// API is safe for concurrent use.
type API struct {
	mutex     sync.Mutex
	resources map[string]object // by path
	answered  map[string]answer // by idempotency key
	looks     map[string]int    // at operations
	lost      int               // how many answers to POSTs get lost yet
	meanwhile map[string]string // which resource changes when something is posted to a collection
	numbers   int
	mux       *http.ServeMux
	// Posts counts those that had an effect.
	Posts int
}

type answer struct {
	status  int
	headers map[string]string
	body    any
}

// New has one bucket and one fleet, as a fresh installation does.
func New() *API {
	a := &API{
		resources: map[string]object{}, answered: map[string]answer{}, looks: map[string]int{}, mux: http.NewServeMux(),
	}
	for collection, kind := range map[string]string{
		"tenants": "Tenant", "buckets": "Bucket", "fleets": "Fleet", "clusters": "Cluster",
		"service-accounts": "ServiceAccount", "api-keys": "ApiKey",
		"clusters/{cluster}/topics": "Topic", "clusters/{cluster}/credentials": "Credential",
		"clusters/{cluster}/acls": "Acl", "clusters/{cluster}/quotas": "Quota",
	} {
		a.mux.HandleFunc("POST /v1/"+collection, a.idempotent(a.create(kind)))
		a.mux.HandleFunc("GET /v1/"+collection, a.answering(a.list))
		a.mux.HandleFunc("GET /v1/"+collection+"/{id}", a.answering(a.get))
		a.mux.HandleFunc("PATCH /v1/"+collection+"/{id}", a.answering(a.patch))
		a.mux.HandleFunc("DELETE /v1/"+collection+"/{id}", a.answering(a.delete))
	}
	a.mux.HandleFunc("GET /v1/operations/{id}", a.answering(a.operation))
	a.mux.HandleFunc("GET /v1/fleets/{fleet}/brokers", a.answering(a.brokers))
	a.mux.HandleFunc("GET /v1/clusters/{cluster}/connection", a.answering(a.connection))
	a.mux.HandleFunc("GET /v1/clusters/{cluster}/topics/{topic}/configs", a.answering(a.configs))
	a.mux.HandleFunc("GET /v1/clusters/{cluster}/authentication", a.answering(a.authentication))
	a.mux.HandleFunc("PUT /v1/clusters/{cluster}/authentication", a.answering(a.authentication))
	a.mux.HandleFunc("POST /v1/clusters/{cluster}/credentials/{id}/rotations", a.idempotent(a.rotate))
	return a
}

// LoseAnswers lets the next POSTs happen, but their answers never arrive.
func (a *API) LoseAnswers(count int) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.lost = count
}

// Meanwhile lets somebody else change a resource when something is posted to the collection.
func (a *API) Meanwhile(collection, resource string) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.meanwhile = map[string]string{collection: resource}
}

// Left are the paths of everything there is.
func (a *API) Left() []string {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return slices.Sorted(maps.Keys(a.resources))
}

func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+Key {
		write(w, problem(401, "unauthenticated", "No valid credential was given."))
		return
	}
	a.mux.ServeHTTP(w, r)
}

// DropsAnswers is a handler whose connection breaks where LoseAnswers said so.
func (a *API) DropsAnswers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mutex.Lock()
		drop := r.Method == http.MethodPost && a.lost > 0
		if drop {
			a.lost--
		}
		a.mutex.Unlock()
		if !drop {
			next.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(unheard{}, r)
		panic(http.ErrAbortHandler)
	})
}

type unheard struct{}

func (unheard) Header() http.Header            { return http.Header{} }
func (unheard) Write(text []byte) (int, error) { return len(text), nil }
func (unheard) WriteHeader(int)                {}

func (a *API) answering(handle func(*http.Request) answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a.mutex.Lock()
		defer a.mutex.Unlock()
		write(w, handle(r))
	}
}

func (a *API) idempotent(handle func(*http.Request) answer) http.HandlerFunc {
	return a.answering(func(r *http.Request) answer {
		key := r.Header.Get("Idempotency-Key")
		if before, known := a.answered[key]; known && key != "" {
			return before
		}
		a.Posts++
		if other, there := a.resources[a.meanwhile[r.URL.Path]]; there {
			part(other, "metadata")["resource_version"] = "1000"
		}
		now := handle(r)
		a.answered[key] = now
		return now
	})
}

func write(w http.ResponseWriter, said answer) {
	w.Header().Set("Content-Type", "application/json")
	if said.status >= 400 {
		w.Header().Set("Content-Type", "application/problem+json")
	}
	for name, value := range said.headers {
		w.Header().Set(name, value)
	}
	if resource, ok := said.body.(object); ok && said.status < 300 {
		if metadata, ok := resource["metadata"].(object); ok && metadata["resource_version"] != nil {
			w.Header().Set("ETag", fmt.Sprintf("%q", metadata["resource_version"]))
		}
	}
	w.WriteHeader(said.status)
	if said.body != nil {
		_ = json.NewEncoder(w).Encode(said.body)
	}
}

func problem(status int, code, detail string, wrong ...object) answer {
	body := object{
		"type": "/v1/problems/" + code, "title": code, "status": status, "detail": detail, "code": code,
		"retryable": false, "request_id": "req_1",
	}
	if len(wrong) > 0 {
		body["errors"] = wrong
	}
	return answer{status: status, body: body}
}

func absent(path string) answer {
	return problem(404, "not_found", "There is no "+path+".")
}

func decode(r *http.Request) object {
	body := object{}
	text, _ := io.ReadAll(r.Body)
	_ = json.Unmarshal(text, &body)
	return body
}

func part(of object, name string) object {
	found, _ := of[name].(object)
	if found == nil {
		found = object{}
	}
	return found
}

// What the service chooses where nobody does.
var chosen = map[string]object{
	"Tenant": {"description": ""}, "ServiceAccount": {"description": ""}, "Fleet": {"desired_brokers": 3, "provisioning": "MANAGED"},
	"Cluster": {
		"shards": 16, "latency_profile": "BALANCED", "auto_create_topics": false, "default_partitions": 1,
		"default_replication_factor": 3, "offsets_topic_partitions": 50, "authentication": "REQUIRED",
	},
	"Topic": {"partitions": 1, "replication_factor": 3, "configs": object{}}, "Credential": {"mechanism": "SCRAM_SHA_512"},
	"Acl": {"host": "*", "pattern_type": "LITERAL", "permission": "ALLOW"},
}

var prefixes = map[string]string{
	"Tenant": "tn", "Bucket": "bkt", "Fleet": "flt", "Cluster": "kc", "ServiceAccount": "sa", "ApiKey": "key",
	"Topic": "topic", "Credential": "key", "Acl": "acl", "Quota": "qta",
}

func (a *API) create(kind string) func(*http.Request) answer {
	return func(r *http.Request) answer {
		body := decode(r)
		metadata, spec := part(body, "metadata"), maps.Clone(chosen[kind])
		if spec == nil {
			spec = object{}
		}
		maps.Copy(spec, part(body, "spec"))
		if kind == "Acl" {
			for _, path := range slices.Sorted(maps.Keys(a.resources)) {
				if strings.HasPrefix(path, r.URL.Path+"/") && fmt.Sprint(a.resources[path]["spec"]) == fmt.Sprint(spec) {
					return answer{status: 200, body: a.resources[path]}
				}
			}
		}
		if kind == "Topic" {
			if _, taken := a.resources[r.URL.Path+"/"+fmt.Sprint(metadata["name"])]; taken {
				return problem(409, "already_exists", "The topic exists.")
			}
			if configs := part(spec, "configs"); configs["retention.ms"] == "soon" {
				return problem(422, "validation_failed", "The request says something that cannot be.",
					object{"pointer": "/spec/configs/retention.ms", "code": "malformed", "detail": "a number"})
			}
		}
		resource := a.store(kind, r.URL.Path, metadata, spec)
		shown := deepCopy(resource)
		headers := map[string]string{"Location": fmt.Sprint(part(resource, "metadata")["self"])}
		switch kind {
		case "Credential", "ApiKey":
			if given := spec["secret"]; given == nil {
				part(shown, "status")["secret"] = "secret-of-" + fmt.Sprint(resource["id"])
				part(shown, "status")["secret_status"] = "SHOWN_ONCE"
			}
			delete(part(resource, "spec"), "secret")
			delete(part(shown, "spec"), "secret")
		case "Cluster":
			headers["Operation-Location"] = "/v1/operations/op_" + fmt.Sprint(resource["id"])
			headers["Retry-After"] = "1"
			return answer{status: 202, headers: headers, body: shown}
		}
		return answer{status: 201, headers: headers, body: shown}
	}
}

func (a *API) store(kind, collection string, metadata, spec object) object {
	a.numbers++
	id := fmt.Sprintf("%s_%04d", prefixes[kind], a.numbers)
	name := metadata["name"]
	address := id
	if kind == "Topic" {
		address = fmt.Sprint(name)
	}
	if name == nil {
		name = id
	}
	now := time.Now().UTC().Format(time.RFC3339)
	about := object{
		"name": name, "labels": object{}, "created_at": now, "updated_at": now, "resource_version": "1",
		"self": collection + "/" + address, "deletion_protection": false,
	}
	maps.Copy(about, metadata)
	resource := object{
		"api_version": "penstock/v1", "kind": kind, "id": id, "metadata": about, "spec": spec,
		"status": object{"phase": "READY"},
	}
	status := part(resource, "status")
	switch kind {
	case "Bucket":
		delete(spec, "credentials")
		status["credentials"] = "ENVIRONMENT"
		status["verification"] = object{"passed": true, "verified_at": now, "duration_millis": 1, "checks": []any{}}
	case "Fleet":
		status["brokers"], status["serving"] = spec["desired_brokers"], spec["desired_brokers"]
	case "ServiceAccount":
		status["principal"] = "User:" + id
	case "Credential":
		status["username"], status["secret_status"] = id, "NOT_RETRIEVABLE"
	case "ApiKey":
		status["secret_status"] = "NOT_RETRIEVABLE"
	case "Cluster":
		if spec["prefix"] == nil {
			spec["prefix"] = "clusters/" + id
		}
		status["phase"] = "PROVISIONING"
	}
	a.resources[collection+"/"+address] = resource
	return resource
}

func (a *API) get(r *http.Request) answer {
	resource, there := a.resources[r.URL.Path]
	if !there {
		return absent(r.URL.Path)
	}
	return answer{status: 200, body: resource}
}

func (a *API) list(r *http.Request) answer {
	query := r.URL.Query()
	data := []any{}
	for _, path := range slices.Sorted(maps.Keys(a.resources)) {
		resource := a.resources[path]
		rest, under := strings.CutPrefix(path, r.URL.Path+"/")
		tenant := query.Get("tenant_id")
		if under && !strings.Contains(rest, "/") &&
			(tenant == "" || part(resource, "metadata")["tenant_id"] == tenant) &&
			strings.HasPrefix(fmt.Sprint(part(resource, "metadata")["name"]), query.Get("prefix")) {
			data = append(data, resource)
		}
	}
	// Two at a time, so that clients have to turn pages.
	from, _ := strconv.Atoi(query.Get("page_token"))
	to := min(from+2, len(data))
	next := any(nil)
	if to < len(data) {
		next = strconv.Itoa(to)
	}
	return answer{status: 200, body: object{
		"api_version": "penstock/v1", "kind": "List", "metadata": object{"next": nil, "next_page_token": next},
		"data": data[from:to],
	}}
}

func (a *API) patch(r *http.Request) answer {
	resource, there := a.resources[r.URL.Path]
	if !there {
		return absent(r.URL.Path)
	}
	metadata := part(resource, "metadata")
	version := fmt.Sprint(metadata["resource_version"])
	if expected := r.Header.Get("If-Match"); expected != "" && expected != `"`+version+`"` {
		return problem(412, "version_conflict", "It changed since it was read.")
	}
	changes := decode(r)
	if credentials := part(changes, "spec"); credentials["credentials"] != nil {
		delete(credentials, "credentials")
	}
	merge(resource, changes)
	number, _ := strconv.Atoi(version)
	metadata["resource_version"] = strconv.Itoa(number + 1)
	if resource["kind"] == "Fleet" {
		desired := part(resource, "spec")["desired_brokers"]
		part(resource, "status")["brokers"], part(resource, "status")["serving"] = desired, desired
	}
	return answer{status: 200, body: resource}
}

// merge is RFC 7396.
func merge(target, patch object) {
	for key, value := range patch {
		switch change := value.(type) {
		case nil:
			delete(target, key)
		case object:
			inner, ok := target[key].(object)
			if !ok {
				inner = object{}
				target[key] = inner
			}
			merge(inner, change)
		default:
			target[key] = value
		}
	}
}

func (a *API) delete(r *http.Request) answer {
	resource, there := a.resources[r.URL.Path]
	if !there {
		return absent(r.URL.Path)
	}
	if part(resource, "metadata")["deletion_protection"] == true {
		return problem(409, "deletion_protected", "It is protected.")
	}
	if resource["kind"] == "Fleet" && fmt.Sprint(part(resource, "status")["brokers"]) != "0" {
		return problem(409, "invalid_state", "It still has brokers.")
	}
	for path, other := range a.resources {
		if part(other, "metadata")["tenant_id"] == resource["id"] || part(other, "spec")["bucket_id"] == resource["id"] {
			return problem(409, "not_empty", "It still holds "+path+".")
		}
	}
	for path := range a.resources {
		if path == r.URL.Path || strings.HasPrefix(path, r.URL.Path+"/") {
			delete(a.resources, path)
		}
	}
	if resource["kind"] == "Cluster" {
		return answer{status: 202, body: resource, headers: map[string]string{
			"Operation-Location": "/v1/operations/op_" + fmt.Sprint(resource["id"]), "Retry-After": "1",
		}}
	}
	return answer{status: 204}
}

func (a *API) operation(r *http.Request) answer {
	id := r.PathValue("id")
	a.looks[id]++
	cluster := a.resources["/v1/clusters/"+strings.TrimPrefix(id, "op_")]
	state := "RUNNING"
	if a.looks[id] >= looksUntilDone || cluster == nil {
		state = "SUCCEEDED"
		if cluster != nil {
			part(cluster, "status")["phase"] = "READY"
			part(cluster, "status")["bootstrap_servers"] = "127.0.0.1:9092"
			part(cluster, "status")["brokers"] = []any{
				object{"node_id": 1, "host": "127.0.0.1", "port": 9092, "zone": nil, "shards_led": 16},
			}
		}
	}
	return answer{status: 200, body: object{
		"api_version": "penstock/v1", "kind": "Operation", "id": id, "type": "cluster.create", "state": state,
		"resource": object{"kind": "Cluster", "id": strings.TrimPrefix(id, "op_"), "href": "/v1/clusters"},
		"error":    nil,
	}}
}

func (a *API) brokers(r *http.Request) answer {
	return answer{status: 200, body: object{"metadata": object{"next_page_token": nil}, "data": []any{object{
		"api_version": "penstock/v1", "kind": "Broker", "id": "brk_1",
		"metadata": object{"name": "broker-1", "resource_version": "1", "self": r.URL.Path + "/brk_1"},
		"spec":     object{"fleet_id": r.PathValue("fleet")},
		"status":   object{"phase": "SERVING", "node_id": 1, "host": "127.0.0.1", "zone": "a", "shards_led": 16},
	}}}}
}

func (a *API) connection(r *http.Request) answer {
	return answer{status: 200, body: object{
		"api_version": "penstock/v1", "kind": "Connection", "cluster_id": r.PathValue("cluster"),
		"client": r.URL.Query().Get("client"), "bootstrap_servers": "127.0.0.1:9092",
		"security_protocol": "SASL_PLAINTEXT", "snippet": "kcat -b 127.0.0.1:9092",
	}}
}

func (a *API) configs(r *http.Request) answer {
	topic, there := a.resources[strings.TrimSuffix(r.URL.Path, "/configs")]
	if !there {
		return absent(r.URL.Path)
	}
	inForce := object{"cleanup.policy": "delete", "retention.ms": "604800000", "min.insync.replicas": "1"}
	maps.Copy(inForce, part(part(topic, "spec"), "configs"))
	data := []any{}
	for _, name := range slices.Sorted(maps.Keys(inForce)) {
		data = append(data, object{
			"name": name, "value": inForce[name], "source": "DEFAULT", "default_value": nil, "type": "STRING",
			"allowed": "", "in_effect": true, "documentation": "",
		})
	}
	return answer{status: 200, body: object{"metadata": object{"next_page_token": nil}, "data": data}}
}

func (a *API) authentication(r *http.Request) answer {
	cluster, there := a.resources["/v1/clusters/"+r.PathValue("cluster")]
	if !there {
		return absent(r.URL.Path)
	}
	if r.Method == http.MethodPut {
		cluster["trusts"] = decode(r)
	}
	body := object{"client_ca": nil}
	maps.Copy(body, part(cluster, "trusts"))
	return answer{status: 200, body: body}
}

func (a *API) rotate(r *http.Request) answer {
	path := strings.TrimSuffix(r.URL.Path, "/rotations")
	old, there := a.resources[path]
	if !there {
		return absent(path)
	}
	wish := decode(r)
	spec := object{
		"service_account_id": part(old, "spec")["service_account_id"], "mechanism": part(old, "spec")["mechanism"],
	}
	if wish["expires_at"] != nil {
		spec["expires_at"] = wish["expires_at"]
	}
	if wish["overlap"] == "PT0S" {
		delete(a.resources, path)
	} else {
		part(old, "spec")["expires_at"] = time.Now().Add(24 * time.Hour).UTC().Format(time.RFC3339)
	}
	issued := a.store("Credential", path[:strings.LastIndex(path, "/")], object{}, spec)
	shown := deepCopy(issued)
	if wish["secret"] == nil {
		part(shown, "status")["secret"] = "secret-of-" + fmt.Sprint(issued["id"])
		part(shown, "status")["secret_status"] = "SHOWN_ONCE"
	}
	return answer{
		status: 201, body: shown,
		headers: map[string]string{"Location": fmt.Sprint(part(issued, "metadata")["self"])},
	}
}

func deepCopy(of object) object {
	text, _ := json.Marshal(of)
	copied := object{}
	_ = json.Unmarshal(text, &copied)
	return copied
}
