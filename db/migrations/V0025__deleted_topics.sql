-- Deleted topics that can be restored: a copy of what the metalog says of them, to be listed and searched.
create table deleted_topics (
    cluster_id          text not null references clusters on delete cascade,
    topic_id            uuid not null,
    name                text not null,
    partitions          int not null,
    replication_factor  int not null,
    configs             jsonb not null,
    -- of the topic as it lived
    created_entry       int not null,
    created_at          timestamptz not null,
    -- the metalog entry that deleted it
    deleted_entry       int not null,
    deleted_at          timestamptz not null,
    primary key (cluster_id, topic_id)
);

create index deleted_topics_by_age on deleted_topics (deleted_at);
