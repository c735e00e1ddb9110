// SPDX-License-Identifier: Apache-2.0

package api

// Resource is the envelope of everything: what was wished for, and what is.
type Resource[S, T any] struct {
	ID       string   `json:"id"`
	Metadata Metadata `json:"metadata"`
	Spec     S        `json:"spec"`
	Status   T        `json:"status"`
}

// Metadata is what every resource says about itself.
type Metadata struct {
	Name               string            `json:"name"`
	TenantID           string            `json:"tenant_id"`
	Labels             map[string]string `json:"labels"`
	ResourceVersion    string            `json:"resource_version"`
	DeletionProtection bool              `json:"deletion_protection"`
}

// NewResource is the body of a POST.
type NewResource struct {
	Metadata *NewMetadata `json:"metadata,omitempty"`
	Spec     any          `json:"spec"`
}

// NewMetadata is what a caller decides of the metadata.
type NewMetadata struct {
	Name               string            `json:"name"`
	TenantID           string            `json:"tenant_id,omitempty"`
	Labels             map[string]string `json:"labels,omitempty"`
	DeletionProtection *bool             `json:"deletion_protection,omitempty"`
}

// Patch is a merge patch; what is nil is left out, null removes.
type Patch struct {
	Metadata map[string]any `json:"metadata,omitempty"`
	Spec     map[string]any `json:"spec,omitempty"`
}

// Phased is the part of every status that tells where in its life a resource is.
type Phased struct {
	Phase string `json:"phase"`
}

type (
	// Tenant is a customer.
	Tenant = Resource[TenantSpec, Phased]
	// TenantSpec is what a tenant is meant to be.
	TenantSpec struct {
		Description string `json:"description"`
	}

	// Bucket is a certified object-store location.
	Bucket = Resource[BucketSpec, BucketStatus]
	// BucketSpec says where it is; keys travel to the API only.
	BucketSpec struct {
		URI         string             `json:"uri"`
		Credentials *BucketCredentials `json:"credentials,omitempty"`
	}
	// BucketCredentials are keys to an S3 bucket.
	BucketCredentials struct {
		AccessKeyID     string `json:"access_key_id"`
		SecretAccessKey string `json:"secret_access_key"`
	}
	// BucketStatus is how it is.
	BucketStatus struct {
		Phased
		Credentials  string `json:"credentials"`
		Verification *struct {
			Passed     bool   `json:"passed"`
			VerifiedAt string `json:"verified_at"`
		} `json:"verification"`
	}

	// Fleet is a pool of brokers.
	Fleet = Resource[FleetSpec, FleetStatus]
	// FleetSpec is what a fleet is meant to be.
	FleetSpec struct {
		DesiredBrokers *int64       `json:"desired_brokers,omitempty"`
		Zones          []string     `json:"zones,omitempty"`
		Provisioning   string       `json:"provisioning,omitempty"`
		Autoscaling    *Autoscaling `json:"autoscaling,omitempty"`
	}
	// Autoscaling is the rule by which the number of brokers follows the load.
	Autoscaling struct {
		MinBrokers     int64 `json:"min_brokers" tfsdk:"min_brokers"`
		MaxBrokers     int64 `json:"max_brokers" tfsdk:"max_brokers"`
		BytesPerSecond int64 `json:"bytes_per_second" tfsdk:"bytes_per_second"`
	}
	// FleetStatus counts the brokers there are, and those that serve.
	FleetStatus struct {
		Phased
		Brokers int64 `json:"brokers"`
		Serving int64 `json:"serving"`
	}

	// Broker is one broker process.
	Broker = Resource[struct{}, BrokerStatus]
	// BrokerStatus is how it is.
	BrokerStatus struct {
		Phased
		NodeID    int64  `json:"node_id"`
		Zone      string `json:"zone"`
		Host      string `json:"host"`
		Software  string `json:"software"`
		ShardsLed int64  `json:"shards_led"`
	}

	// Cluster is a Kafka cluster of a tenant.
	Cluster = Resource[ClusterSpec, ClusterStatus]
	// ClusterSpec is what a cluster is meant to be; what is nil gets a default.
	ClusterSpec struct {
		FleetID                  string `json:"fleet_id,omitempty"`
		BucketID                 string `json:"bucket_id,omitempty"`
		Prefix                   string `json:"prefix,omitempty"`
		Shards                   *int64 `json:"shards,omitempty"`
		LatencyProfile           string `json:"latency_profile,omitempty"`
		AutoCreateTopics         *bool  `json:"auto_create_topics,omitempty"`
		DefaultPartitions        *int64 `json:"default_partitions,omitempty"`
		DefaultReplicationFactor *int64 `json:"default_replication_factor,omitempty"`
		OffsetsTopicPartitions   *int64 `json:"offsets_topic_partitions,omitempty"`
		Authentication           string `json:"authentication,omitempty"`
	}
	// ClusterStatus is how it is.
	ClusterStatus struct {
		Phased
		BootstrapServers string        `json:"bootstrap_servers"`
		Brokers          []BrokerShare `json:"brokers"`
		OperationID      string        `json:"operation_id"`
	}
	// BrokerShare is a broker as the cluster's clients reach it.
	BrokerShare struct {
		NodeID int64  `json:"node_id"`
		Host   string `json:"host"`
		Port   int64  `json:"port"`
		Zone   string `json:"zone"`
	}

	// ClusterAuthentication says whose certificates and tokens open a cluster.
	ClusterAuthentication struct {
		ClientCA string       `json:"client_ca,omitempty"`
		Tokens   *TokenIssuer `json:"tokens,omitempty"`
	}
	// TokenIssuer is somebody whose bearer tokens are taken.
	TokenIssuer struct {
		KeysURL        string `json:"keys_url,omitempty"`
		Issuer         string `json:"issuer,omitempty"`
		Audience       string `json:"audience,omitempty"`
		PrincipalClaim string `json:"principal_claim,omitempty"`
	}

	// Topic has Kafka's id.
	Topic = Resource[TopicSpec, TopicStatus]
	// TopicSpec is what a topic is meant to be; Configs are those that were set.
	TopicSpec struct {
		Partitions *int64            `json:"partitions,omitempty"`
		Configs    map[string]string `json:"configs,omitempty"`
	}
	// TopicStatus is how it is.
	TopicStatus struct {
		Phased
		Internal bool `json:"internal"`
	}
	// TopicConfig is one setting with the value in force.
	TopicConfig struct {
		Name  string  `json:"name"`
		Value *string `json:"value"`
	}

	// ServiceAccount is a program of a tenant.
	ServiceAccount = Resource[ServiceAccountSpec, ServiceAccountStatus]
	// ServiceAccountSpec is what it is for.
	ServiceAccountSpec struct {
		Description string `json:"description"`
	}
	// ServiceAccountStatus names its principal.
	ServiceAccountStatus struct {
		Phased
		Principal string `json:"principal"`
	}

	// Credential opens one cluster for a service account.
	Credential = Resource[CredentialSpec, CredentialStatus]
	// CredentialSpec says for whom, and how.
	CredentialSpec struct {
		ServiceAccountID string `json:"service_account_id"`
		Mechanism        string `json:"mechanism,omitempty"`
		ExpiresAt        string `json:"expires_at,omitempty"`
		Secret           string `json:"secret,omitempty"`
	}
	// CredentialStatus has the secret in the answer to its creation only.
	CredentialStatus struct {
		Phased
		Username string `json:"username"`
		Secret   string `json:"secret"`
	}
	// CredentialRotation says how a credential is replaced; Overlap is an ISO 8601 duration.
	CredentialRotation struct {
		Overlap   string `json:"overlap,omitempty"`
		ExpiresAt string `json:"expires_at,omitempty"`
		Secret    string `json:"secret,omitempty"`
	}

	// ACL is what a principal may, or may not, do.
	ACL = Resource[ACLSpec, Phased]
	// ACLSpec is an ACL in Kafka's words.
	ACLSpec struct {
		Principal    string `json:"principal"`
		Host         string `json:"host,omitempty"`
		ResourceType string `json:"resource_type"`
		ResourceName string `json:"resource_name"`
		PatternType  string `json:"pattern_type,omitempty"`
		Operation    string `json:"operation"`
		Permission   string `json:"permission,omitempty"`
	}

	// Quota is what some clients may use of each broker.
	Quota = Resource[QuotaSpec, Phased]
	// QuotaSpec is nil where there is no limit.
	QuotaSpec struct {
		Entity                  QuotaEntity `json:"entity"`
		ProduceBytesPerS        *int64      `json:"produce_bytes_per_s"`
		FetchBytesPerS          *int64      `json:"fetch_bytes_per_s"`
		RequestPercent          *float64    `json:"request_percent"`
		ControllerMutationsPerS *float64    `json:"controller_mutations_per_s"`
		ConnectionsPerS         *int64      `json:"connections_per_s"`
	}
	// QuotaEntity says whom it is for.
	QuotaEntity struct {
		Principal *string `json:"principal,omitempty"`
		ClientID  *string `json:"client_id,omitempty"`
		IP        *string `json:"ip,omitempty"`
	}

	// APIKey opens the API.
	APIKey = Resource[APIKeySpec, APIKeyStatus]
	// APIKeySpec is what it may do.
	APIKeySpec struct {
		Role      string `json:"role"`
		ExpiresAt string `json:"expires_at,omitempty"`
	}
	// APIKeyStatus has the secret in the answer to its creation only.
	APIKeyStatus struct {
		Phased
		Secret string `json:"secret"`
	}

	// Connection is how a client connects; it holds no secret.
	Connection struct {
		BootstrapServers string `json:"bootstrap_servers"`
		SecurityProtocol string `json:"security_protocol"`
		Snippet          string `json:"snippet"`
	}

	// Operation is a long-running request.
	Operation struct {
		ID    string   `json:"id"`
		Type  string   `json:"type"`
		State string   `json:"state"`
		Error *Problem `json:"error"`
	}
)
