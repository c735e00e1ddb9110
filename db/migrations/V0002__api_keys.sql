-- Only a hash of a key's secret is kept: what is in a backup of this table opens nothing.
create table api_keys (
    id                  text primary key check (id like 'key\_%'),
    name                text not null,
    labels              jsonb not null default '{}',
    deletion_protection boolean not null,
    role                text not null,
    -- null: the whole organization
    tenant_id           text references tenants on delete cascade,
    secret_hash         bytea not null check (length(secret_hash) = 32),
    expires_at          timestamptz,
    created_by          text not null,
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    version             bigint not null
);

create index api_keys_of_a_tenant on api_keys (tenant_id);
