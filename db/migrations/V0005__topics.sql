-- The queryable copy of what the metalog says about topics. The cluster image decides; rows only answer lists.
create table topics (
    cluster_id          text not null references clusters on delete cascade,
    topic_id            uuid not null,
    name                text not null,
    partitions          int not null check (partitions >= 1),
    replication_factor  int not null,
    internal            boolean not null,
    configs             jsonb not null default '{}',
    -- the metalog entries that created and last changed it
    created_entry       int not null,
    changed_entry       int not null,
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    -- deleted; its name is free when every part of it is known to be dropped
    dropping            boolean not null default false,
    primary key (cluster_id, topic_id)
);

create unique index topics_names on topics (cluster_id, name collate "C");
