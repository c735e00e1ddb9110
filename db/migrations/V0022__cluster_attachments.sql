-- Which clusters a fleet serves, and what its brokers are told about each.
create table cluster_attachments (
    cluster_id      text    not null primary key,
    fleet_id        text    not null references fleets,
    tenant_id       text    not null,
    bucket_id       text    not null,
    name            text    not null,
    latency_profile text    not null,
    -- a broker's listener for the cluster is base_port + node id
    base_port       integer not null check (base_port between 1 and 65535)
);
create index cluster_attachments_by_fleet on cluster_attachments (fleet_id);

-- Which broker reported which incarnation, so that a restarted control plane knows whose shards are whose. The
-- metalog learns of an incarnation only with its first shard.
create table broker_incarnations (
    cluster_id  text        not null references cluster_attachments on delete cascade,
    incarnation text        not null,
    broker_id   text        not null references brokers,
    host        text        not null,
    port        integer     not null,
    ready_at    timestamptz not null,
    primary key (cluster_id, incarnation)
);
create index broker_incarnations_by_broker on broker_incarnations (broker_id);
