-- The audit log sealed into chains, and the messages that follow from it.

-- Which transaction wrote an entry. Identity numbers are given before the commit, so their order says nothing about
-- what a reader can have missed; a transaction below the oldest one still running has been seen whole.
ALTER TABLE audit_entries ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX audit_entries_by_xid ON audit_entries (xid, id);

-- How far entries are sealed, and in which database cluster: another one, after a restore, counts transactions anew.
-- What was written before there were messages is sealed, and nobody is told of it.
CREATE TABLE audit_sealing (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    cluster text NOT NULL DEFAULT '',
    xid xid8 NOT NULL DEFAULT '0',
    entry_id bigint NOT NULL DEFAULT 0,
    silent_until xid8 NOT NULL DEFAULT pg_current_xact_id()
);
INSERT INTO audit_sealing DEFAULT VALUES;

-- One chain for each organization: each hash covers its entry and the hash before.
CREATE TABLE audit_chain (
    organization_id uuid NOT NULL,
    sequence bigint NOT NULL CHECK (sequence > 0),
    entry_id bigint NOT NULL,
    hash bytea NOT NULL CHECK (octet_length(hash) = 32),
    sealed_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, sequence),
    UNIQUE (organization_id, entry_id)
);
CREATE TRIGGER audit_chain_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_chain
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

-- What `latchstring audit verify` found last, for the organization's page.
CREATE TABLE audit_verified (
    organization_id uuid PRIMARY KEY,
    sequence bigint NOT NULL,
    at timestamptz NOT NULL,
    broken text NOT NULL DEFAULT ''
);

-- Where an app wants to be told what happens. Owned by its home site and copied with the client. The signing
-- secret is computed from a key of the ring, the client and the generation, so that no row holds it.
CREATE TABLE webhooks (
    home_site text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('test', 'published')),
    client_id uuid NOT NULL,
    url text NOT NULL CHECK (char_length(url) BETWEEN 8 AND 2000),
    events text[] NOT NULL CHECK (cardinality(events) > 0),
    generation int NOT NULL DEFAULT 1,
    key_id int NOT NULL,
    former_generation int,
    former_key_id int,
    former_until timestamptz,
    secret_created_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (home_site, kind, client_id),
    CHECK ((former_generation IS NULL) = (former_until IS NULL) AND (former_key_id IS NULL) = (former_until IS NULL))
);
CREATE UNIQUE INDEX webhooks_by_client ON webhooks (client_id);

-- How deliveries to an endpoint go, on this site. Paused: nothing is sent but one try at `retry_at`.
CREATE TABLE webhook_health (
    client_id uuid PRIMARY KEY,
    failures int NOT NULL DEFAULT 0,
    paused_at timestamptz,
    retry_at timestamptz,
    pauses int NOT NULL DEFAULT 0,
    CHECK ((paused_at IS NULL) = (retry_at IS NULL))
);

-- The queue, and the log of what was sent. `organization_id` is whose log it is. While somebody delivers a message
-- its `next_attempt_at` lies ahead, so that it is taken up again should they die.
CREATE TABLE messages (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    entry_id bigint,
    kind text NOT NULL CHECK (kind IN ('webhook', 'mail')),
    event text NOT NULL,
    recipient uuid NOT NULL,
    payload jsonb NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'failed')),
    attempts int NOT NULL DEFAULT 0,
    tries_left int NOT NULL,
    created_at timestamptz NOT NULL,
    next_attempt_at timestamptz NOT NULL,
    finished_at timestamptz,
    PRIMARY KEY (organization_id, id),
    UNIQUE (entry_id, kind, event, recipient),
    CHECK ((state = 'waiting') = (finished_at IS NULL))
) WITH (fillfactor = 80);
CREATE INDEX messages_waiting ON messages (kind, recipient, next_attempt_at) WHERE state = 'waiting';
CREATE INDEX messages_by_recipient ON messages (organization_id, recipient, created_at DESC, id DESC);
CREATE INDEX messages_unsent ON messages (kind, state, created_at) WHERE state <> 'sent';
CREATE INDEX messages_finished ON messages (finished_at) WHERE state <> 'waiting';

CREATE TABLE message_attempts (
    organization_id uuid NOT NULL,
    message_id uuid NOT NULL,
    number int NOT NULL,
    at timestamptz NOT NULL,
    status int,
    problem text NOT NULL DEFAULT '',
    milliseconds int NOT NULL,
    answer text NOT NULL DEFAULT '',
    PRIMARY KEY (organization_id, message_id, number),
    FOREIGN KEY (organization_id, message_id) REFERENCES messages ON DELETE CASCADE
);
