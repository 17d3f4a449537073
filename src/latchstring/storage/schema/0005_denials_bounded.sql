-- A client that revokes access token after access token must not make its authorization ever slower to read:
-- beyond a number of them, all that were issued up to a moment (Unix seconds) are dead by this column instead.
ALTER TABLE authorizations ADD COLUMN access_dead_until bigint NOT NULL DEFAULT 0;
