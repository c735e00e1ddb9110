-- Where a fleet's brokers are spread; empty: nobody said.
alter table fleets add column zones jsonb not null default '[]';
-- Operations that have not ended are looked at again and again.
create index operations_unfinished on operations (type) where finished_at is null;
