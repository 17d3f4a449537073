-- Webhooks are shared too; a database that had sites before it had webhooks learns so here.
SELECT share_between_sites('webhooks');
