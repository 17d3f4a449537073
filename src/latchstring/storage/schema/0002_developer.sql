-- The Developer Platform: what an app looks like, runs that are recorded, rehearsals, and requests to the host.

ALTER TABLE apps
    ADD COLUMN template text NOT NULL DEFAULT 'blank',
    ADD COLUMN logo bytea,
    ADD COLUMN logo_type text CHECK (logo_type IN ('image/png', 'image/jpeg', 'image/webp')),
    ADD CHECK ((logo IS NULL) = (logo_type IS NULL));

-- While `recording_until` lies ahead, what the client does in its sandbox is written down step by step. While
-- `rehearsal_until` does, one failure is played to it on purpose. Both are for test clients only.
ALTER TABLE clients
    ADD COLUMN recording_until timestamptz,
    ADD COLUMN rehearsal text,
    ADD COLUMN rehearsal_until timestamptz,
    ADD CHECK (kind = 'test' OR (recording_until IS NULL AND rehearsal IS NULL AND rehearsal_until IS NULL)) NOT VALID;

CREATE TABLE runs (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL REFERENCES clients (id),
    kind text NOT NULL CHECK (kind IN ('test', 'rehearsal')),
    subject text NOT NULL DEFAULT '',
    started_by uuid NOT NULL REFERENCES users,
    started_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX runs_by_client ON runs (organization_id, client_id, started_at DESC);

CREATE TABLE run_steps (
    organization_id uuid NOT NULL,
    run_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    step text NOT NULL,
    passed boolean NOT NULL,
    request_id text NOT NULL DEFAULT '',
    noted jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (organization_id, run_id, id),
    FOREIGN KEY (organization_id, run_id) REFERENCES runs ON DELETE CASCADE
);

-- What a partner asks of the host, and the reviewer's answer.
CREATE TABLE partner_requests (
    organization_id uuid NOT NULL REFERENCES organizations,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('private_scope', 'published_secret', 'sandbox_elsewhere')),
    client_id uuid REFERENCES clients (id),
    subject text NOT NULL,
    reason text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'granted', 'declined')),
    asked_by uuid NOT NULL REFERENCES users,
    asked_at timestamptz NOT NULL,
    answered_by text,
    answered_at timestamptz,
    answer text,
    PRIMARY KEY (organization_id, id),
    CHECK ((state = 'open') = (answered_at IS NULL))
);
CREATE UNIQUE INDEX partner_requests_open ON partner_requests (organization_id, kind, subject) WHERE state = 'open';
CREATE INDEX partner_requests_by_state ON partner_requests (state, asked_at);
