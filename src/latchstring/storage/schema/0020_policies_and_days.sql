-- What an organization's policy holds back from a client: the one place where the rule is written. `blocked`: the
-- client may do nothing; `withheld`: the scopes, of those given, that it may not use.
CREATE FUNCTION held_back(organization uuid, client uuid, scopes text[])
RETURNS TABLE (blocked boolean, withheld text[]) LANGUAGE sql STABLE AS $$
    SELECT coalesce(r.rule = 'block', false) OR coalesce(p.mode = 'allow_list' AND r.rule IS DISTINCT FROM 'allow', false),
        ARRAY(SELECT scope FROM unnest(scopes) scope
              WHERE NOT scope = ANY(coalesce(p.ceiling, scopes)) OR NOT scope = ANY(coalesce(r.ceiling, scopes)))
    FROM (SELECT) one
    LEFT JOIN app_policies p ON p.organization_id = organization
    LEFT JOIN app_rules r ON r.organization_id = organization AND r.client_id = client
$$;

-- A key of an app that the policy blocks is refused, and works again when the block is lifted.
ALTER TABLE api_keys ADD COLUMN blocked_at timestamptz;

-- Successful calls by day: of an authorization, or of an API key. Thirty days are a few rows; minutes are soon forgotten.
CREATE TABLE call_days (
    organization_id uuid NOT NULL,
    source_id uuid NOT NULL,
    operation text NOT NULL,
    day date NOT NULL,
    calls bigint NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, source_id, operation, day)
) WITH (fillfactor = 80);
INSERT INTO call_days (organization_id, source_id, operation, day, calls, last_at)
SELECT organization_id, authorization_id, operation, (minute AT TIME ZONE 'UTC')::date, sum(calls), max(minute)
FROM call_counts GROUP BY 1, 2, 3, 4;
CREATE INDEX call_days_by_day ON call_days USING brin (day);
CREATE INDEX call_counts_by_minute ON call_counts USING brin (minute);

-- The order of the lists that an organization's administrator reads, newest first.
CREATE INDEX authorizations_listed ON authorizations (organization_id, redeemed_at DESC, id DESC)
    WHERE state = 'active';
CREATE INDEX api_keys_listed ON api_keys (organization_id, created_at DESC, id DESC);
CREATE INDEX uninstall_receipts_listed ON uninstall_receipts (organization_id, uninstalled_at DESC, id DESC);
