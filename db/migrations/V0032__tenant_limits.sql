-- What a tenant may use of all brokers together; null: no limit. Clusters have their copy in the metalog.
alter table tenants
    add column produce_bytes_per_s bigint check (produce_bytes_per_s > 0),
    add column fetch_bytes_per_s bigint check (fetch_bytes_per_s > 0),
    add column connections_per_s bigint check (connections_per_s > 0),
    -- Whether somebody said so here; if not, what an adopted cluster brought holds.
    add column limits_declared boolean not null default false;
