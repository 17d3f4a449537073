-- Who is here: the site, organizations, people, what they may do; apps and their OAuth clients; what they were
-- allowed; and what happened. Tables are keyed by organization first, so that one look-up touches one shard.

-- Which site this database belongs to: a process of another site refuses to start on it.
CREATE TABLE site (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    key text NOT NULL
);

-- ---------------------------------------------------------------- organizations and people

CREATE TABLE organizations (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    kind text NOT NULL CHECK (kind IN ('customer', 'sandbox')),
    subdomain text UNIQUE CHECK (subdomain ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);

-- A partner is the organization (a sandbox) that builds apps; `approved_at` is the host's word that it is known.
CREATE TABLE partners (
    organization_id uuid PRIMARY KEY REFERENCES organizations,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    created_at timestamptz NOT NULL,
    approved_at timestamptz,
    approved_by text
);

CREATE TABLE private_scope_approvals (
    organization_id uuid NOT NULL REFERENCES organizations,
    scope text NOT NULL,
    approved_at timestamptz NOT NULL,
    approved_by text NOT NULL,
    PRIMARY KEY (organization_id, scope)
);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL CHECK (char_length(email) BETWEEN 3 AND 254),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    password_hash text,
    password_changed_at timestamptz,
    locale text,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);
CREATE UNIQUE INDEX users_by_email ON users (lower(email));

-- What a member may do is a set of permissions. A set never changes once written, so a process may remember it
-- for good and a membership needs only name it.
CREATE TABLE permission_sets (
    id uuid PRIMARY KEY,
    permissions text[] NOT NULL
);
INSERT INTO permission_sets (id, permissions) VALUES (md5('')::uuid, '{}');

CREATE TABLE memberships (
    organization_id uuid NOT NULL REFERENCES organizations,
    user_id uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    permission_set uuid NOT NULL DEFAULT md5('')::uuid REFERENCES permission_sets,
    PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE roles (
    organization_id uuid NOT NULL REFERENCES organizations,
    id uuid NOT NULL,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    permissions text[] NOT NULL,
    managed boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, name)
);

CREATE TABLE membership_roles (
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role_id uuid NOT NULL,
    PRIMARY KEY (organization_id, user_id, role_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES memberships,
    FOREIGN KEY (organization_id, role_id) REFERENCES roles
);

-- The permissions of a member follow from its roles whoever writes them: no caller can forget to recompute.
CREATE FUNCTION refresh_permission_set(organization uuid, member uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    held text[];
    named uuid;
BEGIN
    SELECT coalesce(array_agg(DISTINCT permission ORDER BY permission), '{}') INTO held
    FROM membership_roles mr
    JOIN roles r ON r.organization_id = mr.organization_id AND r.id = mr.role_id, unnest(r.permissions) permission
    WHERE mr.organization_id = organization AND mr.user_id = member;
    named := md5(array_to_string(held, ' '))::uuid;
    INSERT INTO permission_sets (id, permissions) VALUES (named, held) ON CONFLICT DO NOTHING;
    UPDATE memberships SET permission_set = named
    WHERE organization_id = organization AND user_id = member AND permission_set <> named;
END $$;

CREATE FUNCTION membership_roles_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM refresh_permission_set(OLD.organization_id, OLD.user_id);
    ELSE
        PERFORM refresh_permission_set(NEW.organization_id, NEW.user_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER membership_roles_changed AFTER INSERT OR DELETE ON membership_roles
    FOR EACH ROW EXECUTE FUNCTION membership_roles_changed();

CREATE FUNCTION role_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refresh_permission_set(mr.organization_id, mr.user_id) FROM membership_roles mr
    WHERE mr.organization_id = NEW.organization_id AND mr.role_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER role_changed AFTER UPDATE OF permissions ON roles
    FOR EACH ROW EXECUTE FUNCTION role_changed();

-- `id` is a keyed digest of the cookie: the cookie itself is stored nowhere.
CREATE TABLE browser_sessions (
    id bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users,
    organization_id uuid REFERENCES organizations,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    ended_at timestamptz,
    address text,
    user_agent text
);
CREATE INDEX browser_sessions_by_user ON browser_sessions (user_id);

-- Failed sign-ins by what is being guessed (a keyed digest of account and network); one row each, reused.
CREATE TABLE sign_in_failures (
    subject bytea PRIMARY KEY,
    failures int NOT NULL,
    window_started_at timestamptz NOT NULL
);

-- `lspt_` credentials: the host's operators (no organization), and people acting through the JSON API.
CREATE TABLE platform_credentials (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('operator', 'personal')),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    digest bytea NOT NULL UNIQUE,
    last4 text NOT NULL,
    organization_id uuid REFERENCES organizations,
    user_id uuid REFERENCES users,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    CHECK ((kind = 'personal') = (user_id IS NOT NULL)),
    CHECK ((kind = 'personal') = (organization_id IS NOT NULL))
);

CREATE TABLE resource_servers (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    secret_digest bytea NOT NULL,
    created_at timestamptz NOT NULL,
    disabled_at timestamptz
);

-- ---------------------------------------------------------------- apps and OAuth clients

CREATE TABLE apps (
    organization_id uuid NOT NULL REFERENCES organizations,
    id uuid NOT NULL UNIQUE,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    description text NOT NULL DEFAULT '',
    category text NOT NULL DEFAULT '',
    author text NOT NULL DEFAULT '',
    support text NOT NULL DEFAULT '',
    homepage text NOT NULL DEFAULT '',
    stable_at timestamptz,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id)
);

-- A published client belongs to its home site and is copied to the others; a test client never leaves its site.
-- The key begins with what decides that, because a publication's filter may use only key columns.
CREATE TABLE clients (
    home_site text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('test', 'published')),
    id uuid NOT NULL UNIQUE,
    organization_id uuid NOT NULL,
    app_id uuid NOT NULL,
    partner_name text NOT NULL,
    partner_verified boolean NOT NULL DEFAULT false,
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
    description text NOT NULL DEFAULT '',
    redirect_uris text[] NOT NULL,
    onboarding_url text NOT NULL DEFAULT '',
    scopes text[] NOT NULL,
    secret_digest bytea NOT NULL,
    secret_created_at timestamptz NOT NULL,
    revision int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    disabled_at timestamptz,
    PRIMARY KEY (home_site, kind, id)
);
CREATE INDEX clients_by_app ON clients (organization_id, app_id);

-- ---------------------------------------------------------------- what was allowed

-- One row is all the state of an authorization: its code, its refresh tokens and its access tokens are computed
-- from it. `secret` goes into every signature, so neither this table nor the server's key alone can forge one.
CREATE TABLE authorizations (
    organization_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    user_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'active', 'revoked')),
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    secret bytea NOT NULL CHECK (octet_length(secret) = 16),
    generation int NOT NULL DEFAULT 0,
    moved_at timestamptz,
    presented_by text,
    revision int NOT NULL,
    initiated_by text NOT NULL CHECK (initiated_by IN ('partner', 'tile')),
    redirect_uri text,
    code_challenge text,
    code_expires_at timestamptz,
    consented_at timestamptz NOT NULL,
    redeemed_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    revoked_because text,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, user_id) REFERENCES memberships,
    FOREIGN KEY (client_id) REFERENCES clients (id),
    CHECK (state <> 'pending' OR (code_challenge IS NOT NULL AND redirect_uri IS NOT NULL AND redeemed_at IS NULL)),
    CHECK (state <> 'active' OR (code_challenge IS NULL AND redeemed_at IS NOT NULL AND revoked_at IS NULL)),
    CHECK ((state = 'revoked') = (revoked_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX authorizations_by_client ON authorizations (organization_id, client_id);
CREATE INDEX authorizations_by_user ON authorizations (organization_id, user_id);

-- Single access tokens that were revoked before they expired. A row is of use for one token lifetime; each
-- insertion clears what has expired of the same authorization.
CREATE TABLE denied_access_tokens (
    organization_id uuid NOT NULL,
    authorization_id uuid NOT NULL,
    nonce bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (organization_id, authorization_id, nonce),
    FOREIGN KEY (organization_id, authorization_id) REFERENCES authorizations ON DELETE CASCADE
);

CREATE TABLE api_keys (
    organization_id uuid NOT NULL REFERENCES organizations,
    id uuid NOT NULL,
    digest bytea NOT NULL UNIQUE,
    last4 text NOT NULL,
    name text NOT NULL,
    client_id uuid REFERENCES clients (id),
    authorization_id uuid,
    created_by uuid NOT NULL REFERENCES users,
    modified_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL,
    modified_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, authorization_id) REFERENCES authorizations
);
-- One live key per organization and client: the database has the last word.
CREATE UNIQUE INDEX api_keys_one_live ON api_keys (organization_id, client_id) WHERE revoked_at IS NULL;

-- ---------------------------------------------------------------- what happened

CREATE TABLE audit_entries (
    organization_id uuid NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    action text NOT NULL,
    actor text NOT NULL,
    client_id uuid,
    subject text NOT NULL DEFAULT '',
    details jsonb NOT NULL DEFAULT '{}',
    request_id text NOT NULL DEFAULT '',
    PRIMARY KEY (organization_id, id)
);
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();

-- Refused requests of an app's clients, kept for the app's owner (`organization_id`).
CREATE TABLE refusals (
    organization_id uuid NOT NULL,
    request_id text NOT NULL,
    client_id uuid NOT NULL,
    at timestamptz NOT NULL,
    endpoint text NOT NULL,
    cause text NOT NULL,
    status int NOT NULL,
    noted jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (organization_id, request_id)
);
CREATE INDEX refusals_by_client ON refusals (organization_id, client_id, at DESC);

-- Successful calls, counted: per authorization, operation and minute.
CREATE TABLE call_counts (
    organization_id uuid NOT NULL,
    authorization_id uuid NOT NULL,
    operation text NOT NULL,
    minute timestamptz NOT NULL,
    calls int NOT NULL,
    PRIMARY KEY (organization_id, authorization_id, operation, minute)
) WITH (fillfactor = 80);
