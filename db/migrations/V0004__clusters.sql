-- A cluster is one tenant's Kafka cluster.
create table clusters (
    id                         text primary key check (id like 'kc\_%'),
    tenant_id                  text not null references tenants,
    bucket_id                  text not null references buckets,
    -- no foreign key: fleets keep to themselves
    fleet_id                   text not null,
    name                       text not null,
    labels                     jsonb not null default '{}',
    deletion_protection        boolean not null,
    shards                     int not null check (shards between 1 and 1024),
    latency_profile            text not null,
    auto_create_topics         boolean not null,
    default_partitions         int not null check (default_partitions >= 1),
    default_replication_factor int not null check (default_replication_factor >= 1),
    offsets_topic_partitions   int not null check (offsets_topic_partitions >= 1),
    phase                      text not null,
    -- why it is FAILED or DEGRADED, in words for people
    failure                    text,
    phase_since                timestamptz not null,
    operation_id               text,
    -- decides the block of listener ports where brokers are told apart by port; free again after deletion
    port_index                 int unique,
    created_by                 text not null,
    created_at                 timestamptz not null,
    updated_at                 timestamptz not null,
    version                    bigint not null
);

-- A deleted cluster's row stays, for its operations and because its prefix is never used again; its name is free.
create unique index clusters_names on clusters (tenant_id, name) where phase <> 'DELETED';
create index clusters_by_fleet on clusters (fleet_id);
create index clusters_to_reconcile on clusters (phase) where phase in ('PENDING', 'PROVISIONING', 'DELETING');
