-- Where each cluster's metalog stands. Entry numbers are taken under the lock of a row of this table, never from a
-- sequence: a number that is taken is used, and entries follow each other.
create table metalogs (
    cluster_id        text        not null primary key,
    tenant_id         text        not null,
    bucket_id         text        not null,
    next_entry        integer     not null default 1,
    -- every entry up to this one is known to be in the bucket
    stored_entry      integer     not null default 0,
    -- checksum of entry next_entry - 1: the image in memory is the newest only if it ends with it
    composed_checksum bigint      not null default 0,
    attachment        text        not null default 'OWNED',
    detached_because  text,
    created_at        timestamptz not null default now(),
    constraint metalogs_count_from_one check (stored_entry >= 0 and next_entry > stored_entry),
    constraint metalogs_attachment check (attachment in ('OWNED', 'DETACHED')),
    constraint metalogs_detached_for_a_reason check ((attachment = 'DETACHED') = (detached_because is not null))
);

-- Entries whose bytes are frozen but not yet known to be in the bucket.
create table metalog_outbox (
    cluster_id  text        not null references metalogs (cluster_id),
    number      integer     not null check (number >= 1),
    bytes       bytea       not null,
    composed_at timestamptz not null default now(),
    primary key (cluster_id, number)
);

-- Who writes these entries: one id for the life of this database.
create table control_plane_identities (
    only_one boolean not null primary key default true check (only_one),
    id       uuid    not null
);

-- The queryable copy of who leads what. Projected from entries, never decided from.
create table shards (
    cluster_id   text    not null references metalogs (cluster_id),
    shard        integer not null check (shard >= 0),
    leader_epoch integer not null check (leader_epoch >= 1),
    incarnation  text    not null,
    node_id      integer not null,
    primary key (cluster_id, shard)
);
create index shards_by_incarnation on shards (cluster_id, incarnation);

create table incarnations (
    cluster_id   text    not null references metalogs (cluster_id),
    incarnation  text    not null,
    node_id      integer not null,
    host         text    not null,
    port         integer not null,
    zone         text,
    broker_epoch bigint  not null,
    announced_at integer not null,
    retired      boolean not null,
    primary key (cluster_id, incarnation)
);
