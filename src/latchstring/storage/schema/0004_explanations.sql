-- Refused requests are read page by page, newest first: by client, by cause and by kind of endpoint; and forgotten by
-- age. `proven`: that the request was the client's own, not merely one that names it.
ALTER TABLE refusals
    ADD COLUMN proven boolean NOT NULL DEFAULT true,
    ADD COLUMN family text GENERATED ALWAYS AS (CASE
        WHEN endpoint LIKE '% /oauth2/v1/authorize' THEN 'authorize'
        WHEN endpoint LIKE '% /oauth2/v1/token' THEN 'token'
        WHEN endpoint LIKE '% /oauth2/v1/revoke' THEN 'revoke'
        WHEN endpoint LIKE '% /oauth2/v1/introspect' THEN 'introspect'
        ELSE 'api' END) STORED,
    DROP CONSTRAINT refusals_pkey,
    ADD PRIMARY KEY (request_id, organization_id);
DROP INDEX refusals_by_client;
CREATE INDEX refusals_by_client ON refusals (organization_id, client_id, at DESC, request_id DESC);
CREATE INDEX refusals_by_cause ON refusals (organization_id, client_id, cause, at DESC, request_id DESC);
CREATE INDEX refusals_by_family ON refusals (organization_id, client_id, family, at DESC, request_id DESC);
CREATE INDEX refusals_by_age ON refusals (at);

-- The digest of the secret before this one: it opens nothing, but whoever still sends that secret can be told so.
ALTER TABLE clients ADD COLUMN previous_secret_digest bytea;
CREATE INDEX clients_by_secret ON clients (secret_digest);

CREATE FUNCTION keep_previous_secret() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.previous_secret_digest := OLD.secret_digest;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_previous_secret BEFORE UPDATE OF secret_digest ON clients FOR EACH ROW
    WHEN (OLD.secret_digest IS DISTINCT FROM NEW.secret_digest) EXECUTE FUNCTION keep_previous_secret();

-- A redeemed authorization keeps its code challenge, so that a verifier of the flow before can be recognised.
ALTER TABLE authorizations DROP CONSTRAINT authorizations_check1;
ALTER TABLE authorizations ADD CONSTRAINT authorizations_active
    CHECK (state <> 'active' OR (redeemed_at IS NOT NULL AND revoked_at IS NULL)) NOT VALID;

-- Which operations a client called with success in its own sandbox: one row each, however often.
CREATE TABLE exercised_operations (
    organization_id uuid NOT NULL,
    client_id uuid NOT NULL,
    operation text NOT NULL,
    by_key boolean NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    calls bigint NOT NULL,
    PRIMARY KEY (organization_id, client_id, operation, by_key)
) WITH (fillfactor = 80);

INSERT INTO exercised_operations (organization_id, client_id, operation, by_key, first_at, last_at, calls)
SELECT a.organization_id, a.client_id, n.operation, false, min(n.minute), max(n.minute), sum(n.calls)
FROM call_counts n
JOIN authorizations a ON a.organization_id = n.organization_id AND a.id = n.authorization_id
JOIN clients c ON c.id = a.client_id AND c.organization_id = a.organization_id
GROUP BY a.organization_id, a.client_id, n.operation;
