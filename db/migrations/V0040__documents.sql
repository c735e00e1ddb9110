-- Small resources that people write and programs read whole: users, role bindings, identity providers, alert rules,
-- webhooks, prices. What they say is checked by the module that they belong to.
create table documents (
    id                  text primary key,
    kind                text not null,
    -- null: the organization's
    tenant_id           text references tenants on delete cascade,
    -- only with a tenant
    cluster_id          text,
    name                text not null,
    labels              jsonb not null default '{}',
    deletion_protection boolean not null,
    spec                jsonb not null,
    -- encrypted with the key file
    secret              bytea,
    created_by          text not null,
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    version             bigint not null,
    constraint documents_of_clusters_are_of_tenants check (cluster_id is null or tenant_id is not null)
);

create unique index documents_names on documents (kind, coalesce(tenant_id, ''), name);
create index documents_by_kind on documents (kind, id);
create index documents_of_a_tenant on documents (tenant_id);
-- What somebody may do is asked with every request.
create index documents_role_bindings on documents ((spec ->> 'principal')) where kind = 'RoleBinding';
create unique index documents_users on documents ((spec ->> 'identity_provider_id'), (spec ->> 'subject'))
    where kind = 'User' and spec ->> 'subject' is not null;

alter table api_keys add column cluster_id text;
-- what of the role it is cut down to; empty: all of it
alter table api_keys add column permissions jsonb not null default '[]';
alter table api_keys add constraint api_keys_of_clusters_are_of_tenants check (cluster_id is null or tenant_id is not null);
