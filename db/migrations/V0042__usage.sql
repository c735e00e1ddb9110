-- The counts of each broker that have been added up; they only grow, so what was not added before a crash is after it.
create table usage_counters (
    broker_id  text   not null,
    cluster_id text   not null,
    measure    text   not null,
    -- empty: of the cluster
    topic      text   not null,
    value      bigint not null,
    told_at    timestamptz not null,
    primary key (broker_id, cluster_id, measure, topic)
);

-- What clusters used, rolled up: by the minute for a day, by quarters of an hour for a month, by the day for good.
create table usage_series (
    cluster_id text        not null,
    tenant_id  text        not null,
    minutes    integer     not null check (minutes in (1, 15, 1440)),
    at         timestamptz not null,
    measure    text        not null,
    topic      text        not null,
    value      bigint      not null,
    primary key (cluster_id, minutes, measure, topic, at)
);
create index usage_series_of_tenants on usage_series (tenant_id, minutes, at);
create index usage_series_by_age on usage_series (minutes, at);
