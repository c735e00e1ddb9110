-- What brokers of one cluster show each other: 244 bits of chance, known to them and to this table.
alter table cluster_attachments
    add column peer_secret text not null default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
