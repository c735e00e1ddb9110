-- The rule by which desired_brokers follows the load; null: only people change it.
alter table fleets add column autoscaling jsonb;
