-- Alerts that rules raised. Those that ended are kept for 30 days.
create table alerts (
    id         text primary key check (id like 'alt\_%'),
    rule_id    text not null,
    tenant_id  text not null references tenants on delete cascade,
    cluster_id text not null,
    value      double precision not null,
    since      timestamptz not null,
    -- null: it goes on
    ended_at   timestamptz
);
-- One at a time for each rule.
create unique index alerts_that_go_on on alerts (rule_id) where ended_at is null;
create index alerts_of_a_tenant on alerts (tenant_id, id);

-- What webhooks are to be told, until they have answered.
create table webhook_deliveries (
    id         bigint generated always as identity primary key,
    webhook_id text not null references documents on delete cascade,
    event_id   text not null,
    body       text not null,
    attempts   integer not null default 0,
    next_at    timestamptz not null,
    last_error text
);
create index webhook_deliveries_due on webhook_deliveries (next_at);
