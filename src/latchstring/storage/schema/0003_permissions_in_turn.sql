-- Whoever changes what a member may do takes their turn at the member's row before adding up, so that of two
-- changes at once the later one sees the earlier one: otherwise a role taken away could leave its permissions.
CREATE OR REPLACE FUNCTION refresh_permission_set(organization uuid, member uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    held text[];
    named uuid;
BEGIN
    PERFORM 1 FROM memberships WHERE organization_id = organization AND user_id = member FOR UPDATE;
    SELECT coalesce(array_agg(DISTINCT permission ORDER BY permission), '{}') INTO held
    FROM membership_roles mr
    JOIN roles r ON r.organization_id = mr.organization_id AND r.id = mr.role_id, unnest(r.permissions) permission
    WHERE mr.organization_id = organization AND mr.user_id = member;
    named := md5(array_to_string(held, ' '))::uuid;
    INSERT INTO permission_sets (id, permissions) VALUES (named, held) ON CONFLICT DO NOTHING;
    UPDATE memberships SET permission_set = named
    WHERE organization_id = organization AND user_id = member AND permission_set <> named;
END $$;

-- In order of the members: two roles that change at once do not wait for each other in a circle.
CREATE OR REPLACE FUNCTION role_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    member uuid;
BEGIN
    FOR member IN SELECT mr.user_id FROM membership_roles mr
        WHERE mr.organization_id = NEW.organization_id AND mr.role_id = NEW.id ORDER BY mr.user_id
    LOOP
        PERFORM refresh_permission_set(NEW.organization_id, member);
    END LOOP;
    RETURN NULL;
END $$;

-- What two changes at once may have left wrong before.
SELECT refresh_permission_set(organization_id, user_id) FROM memberships WHERE ended_at IS NULL;
