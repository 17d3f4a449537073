-- Since which revision a published client has had each of its scopes without a gap, beside `scopes`. An authorization has
-- a scope only if it was given in that revision or a later one: what was dropped and comes back is asked for again.
-- Empty: all from the beginning, as always for a test client.
ALTER TABLE clients ADD COLUMN scopes_since int[] NOT NULL DEFAULT '{}';
ALTER TABLE client_revisions ADD COLUMN scopes_since int[] NOT NULL DEFAULT '{}';
