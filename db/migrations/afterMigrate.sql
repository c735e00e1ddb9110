-- After every migration: each table that has none gets the trigger that keeps former holders of the lease out.
do $$
declare
    name text;
begin
    -- A database that was only taken to an earlier version has no lease to guard yet.
    if to_regproc('refuse_former_holders') is null then
        return;
    end if;
    for name in
        select c.relname from pg_class c
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
          and c.relname not in ('control_plane_lease', 'control_plane_replicas', 'flyway_schema_history')
          and not exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = 'refuse_former_holders')
    loop
        execute format('create trigger refuse_former_holders before insert or update or delete or truncate on %I'
            || ' for each statement execute function refuse_former_holders()', name);
    end loop;
end
$$;
