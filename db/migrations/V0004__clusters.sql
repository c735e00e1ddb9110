-- A cluster is one tenant's Kafka cluster.
create table clusters (
    id                  text primary key check (id like 'kc\_%'),
    tenant_id           text not null references tenants,
    bucket_id           text not null references buckets,
    -- no foreign key: fleets keep to themselves
    fleet_id            text not null,
    name                text not null,
    labels              jsonb not null default '{}',
    deletion_protection boolean not null,
    shards              int not null check (shards between 1 and 1024),
    profile             text not null,
    auto_create_topics  boolean not null,
    default_partitions  int not null,
    phase               text not null,
    failure             text,
    operation_id        text,
    -- decides the block of listener ports where brokers are told apart by port
    port_index          int not null unique,
    created_by          text not null,
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    version             bigint not null
);

-- A deleted cluster's row stays, for its operations and its prefix; its name is free.
create unique index clusters_names on clusters (tenant_id, name) where phase <> 'DELETED';
create index clusters_by_fleet on clusters (fleet_id);
