-- Whom a tenant's programs are. What they may do, and what they show to prove it, is in each cluster's metalog.
create table service_accounts (
    id                  text primary key check (id like 'sa\_%'),
    tenant_id           text not null references tenants on delete cascade,
    name                text not null,
    description         text not null,
    labels              jsonb not null default '{}',
    deletion_protection boolean not null,
    created_by          text not null,
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    version             bigint not null,
    unique (tenant_id, name)
);

-- Clusters that were made before clients could prove who they are go on as they are: on loopback only.
alter table clusters add column authentication text not null default 'OPEN_ON_LOOPBACK';
alter table clusters alter column authentication drop default;
alter table cluster_attachments add column open_on_loopback boolean not null default true;
alter table cluster_attachments alter column open_on_loopback drop default;
