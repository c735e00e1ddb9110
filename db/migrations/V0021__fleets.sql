-- A fleet is a pool of brokers that is kept at its desired size.
create table fleets (
    id                  text primary key check (id like 'flt\_%'),
    name                text not null unique,
    labels              jsonb not null default '{}',
    deletion_protection boolean not null,
    desired_brokers     integer not null check (desired_brokers between 0 and 1000),
    created_by          text not null,
    created_at          timestamptz not null,
    updated_at          timestamptz not null,
    version             bigint not null
);

-- Orders processes: a later one has a higher epoch. Gaps are harmless here.
create sequence broker_epochs;

-- A broker is one process, from the wish for it to its end. A successor is a row of its own.
create table brokers (
    id                 text        not null primary key check (id like 'brk\_%'),
    fleet_id           text        not null references fleets,
    node_id            integer     not null check (node_id >= 0),
    phase              text        not null,
    reason             text        not null default '',
    phase_since        timestamptz not null,
    zone               text        not null default '',
    host               text        not null,
    broker_epoch       bigint      not null unique,
    software           text        not null default '',
    -- secrets are kept as SHA-256, hex
    join_token_hash    text        not null unique,
    session_token_hash text        unique,
    -- which process used the join token
    process_token      text,
    -- who it is for its provisioner: a process id alone is used again
    pid                bigint,
    process_started_at timestamptz,
    constraint brokers_phase check (phase in ('STARTING', 'SERVING', 'DRAINING', 'SUSPECTED', 'LOST', 'RETIRED'))
);

-- A node id belongs to one living broker; whoever may still be alive keeps it.
create unique index brokers_node_ids on brokers (fleet_id, node_id) where phase not in ('LOST', 'RETIRED');
