-- Which replica of the control plane acts. Every take-over raises the epoch; what is written under an older one is
-- refused by the triggers that afterMigrate.sql puts on every other table.
create table control_plane_lease (
    only_one boolean not null primary key default true check (only_one),
    epoch    bigint  not null,
    -- null: given back, or never taken
    holder   text,
    -- what replicas show each other when they pass requests on
    secret   text    not null
);
insert into control_plane_lease (epoch, secret)
    values (0, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));

-- The replicas that live, and where they are reached. Whose beats stand still is taken for dead.
create table control_plane_replicas (
    id             text        not null primary key,
    zone           text        not null,
    http_address   text        not null,
    broker_address text        not null,
    -- for brokers of other hosts; empty: there is no such port
    broker_tls_address text    not null,
    beats          bigint      not null,
    started_at     timestamptz not null
);

-- A connection says under which epoch it writes. One that says nothing is a person's, or a migration's.
-- Whoever takes over holds the lock alone, so that no write of the former holder is still on its way.
create function refuse_former_holders() returns trigger language plpgsql as $$
declare
    mine text := current_setting('penstock.epoch', true);
begin
    if mine is null or mine = '' then
        return null;
    end if;
    perform pg_advisory_xact_lock_shared(7350001);
    if (select epoch from control_plane_lease) <> mine::bigint then
        raise exception 'this replica of the control plane does not hold the lease' using errcode = 'PS001';
    end if;
    return null;
end
$$;
