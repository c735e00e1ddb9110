-- An operation lets a caller follow what takes longer than a request. Kept for 30 days after it ended.
create table operations (
    id              text primary key check (id like 'op\_%'),
    type            text not null,
    state           text not null,
    -- null: the organization's
    tenant_id       text,
    resource_kind   text not null,
    resource_id     text not null,
    resource_href   text not null,
    steps           jsonb not null,
    problem         jsonb,
    requested_by    text not null,
    request_id      text not null,
    idempotency_key text,
    -- somebody asked to stop it; whoever drives it looks between two steps
    cancelling      boolean not null default false,
    created_at      timestamptz not null,
    finished_at     timestamptz,
    version         bigint not null
);

create index operations_of_a_resource on operations (resource_id);
create index operations_to_forget on operations (finished_at) where finished_at is not null;
