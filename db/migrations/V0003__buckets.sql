-- A bucket is an object-store location that has passed certification.
create table buckets (
    id                  text primary key check (id like 'bkt\_%'),
    name                text not null unique,
    labels              jsonb not null default '{}',
    deletion_protection boolean not null,
    -- null: any tenant's clusters may use it
    tenant_id           text references tenants,
    uri                 text not null,
    phase               text not null,
    -- credentials as given, encrypted with the key file; null: those of the environment
    credentials         bytea,
    verification        jsonb,
    verified_at         timestamptz,
    created_by          text not null,
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    version             bigint not null
);
