-- Publishing: what partners submit, who decides, and what becomes of it. What other sites copy (revisions and
-- integrations, like published clients) is owned by its home site, and its key begins with it.

-- A published client has its credentials from the first submission on, and works from its approval on.
ALTER TABLE clients ADD COLUMN published_at timestamptz;
UPDATE clients SET published_at = created_at WHERE kind = 'published';

-- Every configuration that a published client has had. `restores` names the revision that a roll-back brought back.
CREATE TABLE client_revisions (
    home_site text NOT NULL,
    client_id uuid NOT NULL,
    revision int NOT NULL CHECK (revision > 0),
    name text NOT NULL,
    description text NOT NULL,
    redirect_uris text[] NOT NULL,
    onboarding_url text NOT NULL,
    scopes text[] NOT NULL,
    restores int,
    published_at timestamptz NOT NULL,
    PRIMARY KEY (home_site, client_id, revision)
);

-- The tile. `id` is the app_uuid; it is unique on its home site, and another site's row may not break ours.
CREATE TABLE integrations (
    home_site text NOT NULL,
    id uuid NOT NULL,
    organization_id uuid NOT NULL,
    client_id uuid NOT NULL,
    partner_name text NOT NULL,
    partner_verified boolean NOT NULL DEFAULT false,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    tagline text NOT NULL DEFAULT '',
    categories text[] NOT NULL DEFAULT '{}',
    author text NOT NULL DEFAULT '',
    support text NOT NULL DEFAULT '',
    homepage text NOT NULL DEFAULT '',
    overview text NOT NULL DEFAULT '',
    configuration text NOT NULL DEFAULT '',
    uninstallation text NOT NULL DEFAULT '',
    logo bytea,
    logo_type text CHECK (logo_type IN ('image/png', 'image/jpeg', 'image/webp')),
    audience text NOT NULL DEFAULT 'sandbox' CHECK (audience IN ('sandbox', 'named', 'everyone')),
    named_organizations uuid[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    published_at timestamptz,
    PRIMARY KEY (home_site, id),
    CHECK ((audience = 'sandbox') = (published_at IS NULL)),
    CHECK ((logo IS NULL) = (logo_type IS NULL))
);
CREATE INDEX integrations_by_name ON integrations (lower(name), id);
CREATE INDEX integrations_by_client ON integrations (client_id);

-- Who answers for the host, and for which of the parties that must approve.
CREATE TABLE reviewers (
    user_id uuid NOT NULL REFERENCES users,
    party text NOT NULL CHECK (party ~ '^[a-z][a-z0-9_-]{0,39}$'),
    appointed_at timestamptz NOT NULL,
    appointed_by text NOT NULL,
    PRIMARY KEY (user_id, party)
);

-- What a partner asks to have published: the client (a first time, or another revision), or the integration, which
-- is to say its tile, for more than the partner's own sandbox. `proposed` is exactly what would be published.
CREATE TABLE submissions (
    organization_id uuid NOT NULL REFERENCES organizations,
    id uuid NOT NULL UNIQUE,
    app_id uuid NOT NULL,
    client_id uuid NOT NULL REFERENCES clients (id),
    kind text NOT NULL CHECK (kind IN ('client', 'integration')),
    state text NOT NULL DEFAULT 'draft'
        CHECK (state IN ('draft', 'submitted', 'changes_requested', 'approved', 'withdrawn')),
    proposed jsonb NOT NULL,
    reasons jsonb NOT NULL DEFAULT '{}',
    note text NOT NULL DEFAULT '',
    link text NOT NULL DEFAULT '',
    folder jsonb,
    checks jsonb NOT NULL DEFAULT '[]',
    revision int,
    created_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    submitted_by uuid REFERENCES users,
    submitted_at timestamptz,
    decided_at timestamptz,
    PRIMARY KEY (organization_id, id),
    CHECK (state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL),
    CHECK ((state = 'approved') <= (decided_at IS NOT NULL))
);
-- One at a time: the database has the last word.
CREATE UNIQUE INDEX submissions_open ON submissions (organization_id, app_id, kind)
    WHERE state IN ('draft', 'submitted', 'changes_requested');
CREATE INDEX submissions_by_state ON submissions (state, submitted_at DESC, id DESC);

-- What each party says of the submission as it stands; sent again, it is judged anew.
CREATE TABLE submission_decisions (
    organization_id uuid NOT NULL,
    submission_id uuid NOT NULL,
    party text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('approved', 'changes_requested')),
    reviewer_id uuid NOT NULL REFERENCES users,
    comment text NOT NULL DEFAULT '',
    at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, submission_id, party),
    FOREIGN KEY (organization_id, submission_id) REFERENCES submissions ON DELETE CASCADE
);

CREATE TABLE submission_comments (
    organization_id uuid NOT NULL,
    submission_id uuid NOT NULL,
    id uuid NOT NULL,
    author_id uuid NOT NULL REFERENCES users,
    is_reviewer boolean NOT NULL,
    text text NOT NULL CHECK (char_length(text) BETWEEN 1 AND 4000),
    at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, submission_id, id),
    FOREIGN KEY (organization_id, submission_id) REFERENCES submissions ON DELETE CASCADE
);

-- ---------------------------------------------------------------- what an organization has let in

-- No reference to `integrations`: the tile's row may be another site's, and may come and go with it.
CREATE TABLE installations (
    organization_id uuid NOT NULL REFERENCES organizations,
    integration_id uuid NOT NULL,
    client_id uuid NOT NULL,
    installed_by uuid NOT NULL REFERENCES users,
    installed_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, integration_id)
);
CREATE INDEX installations_by_client ON installations (organization_id, client_id);

-- What an uninstallation ended, as it was told then. Never written again.
CREATE TABLE uninstall_receipts (
    organization_id uuid NOT NULL REFERENCES organizations,
    id uuid NOT NULL,
    integration_id uuid NOT NULL,
    client_id uuid NOT NULL,
    integration_name text NOT NULL,
    uninstalled_by uuid NOT NULL REFERENCES users,
    uninstalled_at timestamptz NOT NULL,
    ended jsonb NOT NULL,
    PRIMARY KEY (organization_id, id)
);

-- A person pressed Connect Accounts: what they authorize for this client within the hour was begun at the tile.
CREATE TABLE tile_connections (
    organization_id uuid NOT NULL REFERENCES organizations,
    user_id uuid NOT NULL REFERENCES users,
    client_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, user_id, client_id)
);

-- What an organization allows apps to do, whoever of its people says yes. `ceiling`: no scope beyond these.
CREATE TABLE app_policies (
    organization_id uuid PRIMARY KEY REFERENCES organizations,
    mode text NOT NULL CHECK (mode IN ('any', 'allow_list')),
    ceiling text[],
    updated_by uuid NOT NULL REFERENCES users,
    updated_at timestamptz NOT NULL
);
CREATE TABLE app_rules (
    organization_id uuid NOT NULL REFERENCES organizations,
    client_id uuid NOT NULL,
    rule text NOT NULL CHECK (rule IN ('allow', 'block')),
    ceiling text[],
    updated_by uuid NOT NULL REFERENCES users,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, client_id)
);

-- What the policy takes from an authorization is kept in its row, so that a call need not look anywhere else.
ALTER TABLE authorizations
    ADD COLUMN withheld text[] NOT NULL DEFAULT '{}',
    ADD COLUMN blocked_at timestamptz;
