-- A tenant is a customer: everything a customer has hangs on one row here.
create table tenants (
    id                  text primary key check (id like 'tn\_%'),
    name                text not null unique,
    labels              jsonb not null default '{}',
    deletion_protection boolean not null,
    description         text not null,
    created_by          text not null,
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    version             bigint not null
);
