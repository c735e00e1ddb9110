-- Who signs brokers' certificates. The key is encrypted with the key file.
create table broker_authority (
    only_one    boolean not null primary key default true check (only_one),
    certificate bytea   not null,
    private_key bytea   not null
);

-- Whether this control plane starts a fleet's brokers, or they join by themselves.
alter table fleets add column provisioning text not null default 'MANAGED'
    check (provisioning in ('MANAGED', 'JOINED'));

-- One-time tokens; only a hash of the secret is kept.
create table broker_join_tokens (
    id          text        not null primary key check (id like 'jt\_%'),
    fleet_id    text        not null references fleets on delete cascade,
    zone        text        not null,
    secret_hash text        not null,
    created_by  text        not null,
    created_at  timestamptz not null,
    expires_at  timestamptz not null,
    used_at     timestamptz
);

-- Hosts that have joined, by the name in their certificate, and which broker each is now.
create table broker_members (
    id        text        not null primary key check (id like 'mbr\_%'),
    fleet_id  text        not null references fleets on delete cascade,
    zone      text        not null,
    host      text        not null,
    broker_id text        not null,
    joined_at timestamptz not null
);
