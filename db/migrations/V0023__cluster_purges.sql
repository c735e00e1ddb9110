-- Prefixes of deleted clusters, until brokers have emptied them.
create table cluster_purges (
    cluster_id text        not null primary key,
    tenant_id  text        not null,
    -- a bucket that is forgotten keeps what is in it
    bucket_id  text        not null references buckets on delete cascade,
    fleet_id   text        not null,
    due_at     timestamptz not null,
    -- when a broker was told last
    told_at    timestamptz,
    purged_at  timestamptz,
    objects    bigint,
    -- why it will never be purged from here
    left_because text,
    constraint cluster_purges_ends_once check (purged_at is null or left_because is null)
);
create index cluster_purges_due on cluster_purges (due_at) where purged_at is null and left_because is null;
