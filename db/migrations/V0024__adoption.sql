-- Where a cluster lives is not always made of its present tenant's id: one that was adopted keeps the prefix that it
-- was born with.
alter table clusters add column prefix text;
update clusters set prefix = tenant_id || '/' || id;
alter table clusters alter column prefix set not null;
-- whether it was attached from its prefix, and its metalog hence begins with somebody else's entries
alter table clusters add column adopted boolean not null default false;

alter table metalogs add column prefix text;
update metalogs set prefix = tenant_id || '/' || cluster_id;
alter table metalogs alter column prefix set not null;
-- CLAIMING: everything in its bucket is somebody else's, and our CLAIM is not known to be stored yet
alter table metalogs drop constraint metalogs_attachment;
alter table metalogs add constraint metalogs_attachment check (attachment in ('CLAIMING', 'OWNED', 'DETACHED'));

alter table cluster_attachments add column prefix text;
update cluster_attachments set prefix = tenant_id || '/' || cluster_id;
alter table cluster_attachments alter column prefix set not null;

alter table cluster_purges add column prefix text;
update cluster_purges set prefix = tenant_id || '/' || cluster_id;
alter table cluster_purges alter column prefix set not null;
