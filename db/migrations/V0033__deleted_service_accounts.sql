-- Service accounts that were deleted. A cluster that was away meanwhile, deleted and not yet purged, may still hold
-- credentials of theirs: they are revoked before it is served again.
create table deleted_service_accounts (
    id         text primary key,
    tenant_id  text not null references tenants on delete cascade,
    deleted_at timestamptz not null
);
