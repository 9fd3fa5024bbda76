-- From nothing each time, so that a database which was upgraded has the rights of a new one: what this file no longer says
-- is no longer so. One transaction, so nobody notices.
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM kenniskring_app, kenniskring_wall;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO kenniskring_app;

-- What the owner of the wall's functions may read: just the columns they need.
GRANT SELECT (id, is_active, is_community_manager, partner_id, government_id) ON members_member TO kenniskring_wall;
GRANT SELECT (member_id, circle_id, role, mandate_start, mandate_end, ended_at) ON members_membership TO kenniskring_wall;
GRANT SELECT (member_id, circle_id, decided_at, asked_by_id) ON members_joinrequest TO kenniskring_wall;
GRANT SELECT (id, kind) ON regions_circle TO kenniskring_wall;
GRANT SELECT (id, kind) ON regions_partner TO kenniskring_wall;
GRANT SELECT (id, circle_id, state, audience) ON meetings_meeting TO kenniskring_wall;
GRANT SELECT (meeting_id, member_id, answer, attending, waiting) ON meetings_registration TO kenniskring_wall;
GRANT SELECT (meeting_id, contact_id, state) ON meetings_hosting TO kenniskring_wall;
GRANT SELECT (meeting_id, member_id) ON meetings_attendance TO kenniskring_wall;
GRANT SELECT (meeting_id) ON meetings_evaluation TO kenniskring_wall;

-- What the app role reads and never writes: only migrations do.
REVOKE INSERT, UPDATE, DELETE ON django_migrations, django_content_type, auth_permission, auth_group, auth_group_permissions
    FROM kenniskring_app;

-- What is written once: not even a forgotten policy would let anyone change it.
REVOKE UPDATE, DELETE ON regions_journalentry FROM kenniskring_app;
-- Django says DELETE here when a member is forgotten; the wall lets it touch nothing.
REVOKE UPDATE ON django_admin_log FROM kenniskring_app;
