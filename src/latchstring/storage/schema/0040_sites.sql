-- Sites: what is copied between them is owned by its home site alone, here and on its way in.

-- Which contracts each site has run. An operator sees where regions differ.
CREATE TABLE contract_versions (
    home_site text NOT NULL,
    digest text NOT NULL,
    title text NOT NULL,
    scopes int NOT NULL,
    operations int NOT NULL,
    first_seen_at timestamptz NOT NULL,
    PRIMARY KEY (home_site, digest)
);

-- What each site runs now. `shared_keys`: fingerprints of the shared keys; a site that lacks another one's newest
-- cannot check the secrets that were made there.
CREATE TABLE site_states (
    home_site text PRIMARY KEY,
    release text NOT NULL,
    schema text NOT NULL,
    contract text NOT NULL,
    shared_keys text[] NOT NULL,
    started_at timestamptz NOT NULL
);

-- Rows of other sites are theirs: nobody here writes them. A database that knows no site of its own (a test's) is free.
CREATE FUNCTION keep_to_own_site() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    own text := (SELECT key FROM site);
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.home_site <> own OR TG_OP <> 'DELETE' AND NEW.home_site <> own THEN
        RAISE EXCEPTION '% has a row of another site: only that site may write it', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

-- What arrives by replication. Never a row of ours, never a test client's, and never one whose id is taken here. A row
-- that is here already is replaced, so that copying again is harmless: a lost connection is mended by a fresh copy.
-- References do not fire for what is replicated; authorizations keep the client that they name.
CREATE FUNCTION arrive_from_another_site() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    own text := (SELECT key FROM site);
    taken boolean := false;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RETURN CASE WHEN OLD.home_site = own THEN NULL ELSE OLD END;
    END IF;
    IF NEW.home_site = own OR coalesce(to_jsonb(NEW) ->> 'kind', 'published') <> 'published' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF to_jsonb(NEW) ? 'id' THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE id = ($1).id AND home_site <> ($1).home_site)',
                TG_RELID::regclass) INTO taken USING NEW;
        END IF;
        IF taken THEN
            RAISE WARNING '% of % is not copied: its id is taken here', TG_TABLE_NAME, NEW.home_site;
            RETURN NULL;
        END IF;
        EXECUTE format('DELETE FROM %s WHERE %s', TG_RELID::regclass,
            (SELECT string_agg(format('%1$I = ($1).%1$I', name), ' AND ') FROM unnest(TG_ARGV) name)) USING NEW;
    END IF;
    RETURN NEW;
END $$;

-- Makes a table one that sites share; its primary key begins with home_site. The rest of its key is told, because the
-- copy is replaced by it.
CREATE FUNCTION share_between_sites(shared regclass) RETURNS void LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    keys text := (
        SELECT string_agg(quote_literal(a.attname), ', ' ORDER BY place)
        FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS part (number, place)
        JOIN pg_attribute a ON a.attnum = part.number
        WHERE i.indrelid = shared AND i.indisprimary AND a.attrelid = shared);
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER keep_to_own_site BEFORE INSERT OR UPDATE OR DELETE ON %s
        FOR EACH ROW EXECUTE FUNCTION keep_to_own_site()', shared);
    EXECUTE format('CREATE OR REPLACE TRIGGER arrive_from_another_site BEFORE INSERT OR UPDATE OR DELETE ON %s
        FOR EACH ROW EXECUTE FUNCTION arrive_from_another_site(%s)', shared, keys);
    EXECUTE format('ALTER TABLE %s ENABLE REPLICA TRIGGER arrive_from_another_site', shared);
END $$;

SELECT share_between_sites(name::regclass)
FROM unnest(ARRAY['clients', 'client_revisions', 'integrations', 'contract_versions', 'site_states', 'webhooks']) name
WHERE to_regclass(name) IS NOT NULL;
