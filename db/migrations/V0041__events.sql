-- What happened, and who did it. Kept for 90 days.
create table events (
    id            text primary key check (id like 'ev\_%'),
    -- Readers that follow must not miss what commits late: they read up to the oldest transaction that still runs.
    transaction   bigint not null default (pg_current_xact_id()::text::bigint),
    sequence      bigint generated always as identity,
    at            timestamptz not null,
    type          text not null,
    -- null: the organization's; no foreign key, because what happened stays when a tenant has gone
    tenant_id     text,
    cluster_id    text,
    actor         text not null,
    resource_kind text not null,
    resource_id   text not null,
    resource_href text not null,
    data          jsonb not null
);

create index events_in_order on events (transaction, sequence);
create index events_of_a_resource on events (resource_id, id);
create index events_of_a_tenant on events (tenant_id, id);
create index events_to_forget on events (at);
