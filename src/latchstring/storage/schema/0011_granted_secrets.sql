-- A granted request for another secret of a published client is good for one secret.
ALTER TABLE partner_requests ADD COLUMN used_at timestamptz;
