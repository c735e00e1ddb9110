-- What was answered to a POST that carried an Idempotency-Key, so that its repetition is answered alike.
create table idempotency_keys (
    principal   text not null,
    path        text not null,
    key         text not null,
    body_hash   bytea not null,
    -- until then the request counts as being answered; afterwards its process is taken for dead
    busy_until  timestamptz,
    status      int,
    headers     jsonb,
    body        bytea,
    -- the body with its secret, encrypted; shorter-lived than the rest
    secret_body bytea,
    secret_until timestamptz,
    expires_at  timestamptz not null,
    primary key (principal, path, key)
);

create index idempotency_keys_to_forget on idempotency_keys (expires_at);
