-- The questions that the policies of the wall ask. Code, not state: every `manage.py migrate` applies this file again,
-- as the role that owns these functions (NOLOGIN, BYPASSRLS, reads just the columns granted in grants.sql).
-- pg_temp stands last in every search_path, or somebody's temporary table or type would come first.
-- All are STABLE: one answer per statement. Policies call them inside (SELECT …), and so do they each other: only then
-- does PostgreSQL ask once per statement, and not once per row.
-- Adding a function is safe at any time; changing arguments or result needs a DROP in a migration first.

-- The keys under which the portal seals who is asking, as HMAC's two pads (regions/seal.py); `migrate` fills it. A table,
-- because the body of a function is there for everyone to read; granted to nobody.
CREATE TABLE IF NOT EXISTS app.seal (inner_pad bytea NOT NULL, outer_pad bytea NOT NULL);

-- Who is asking. Raises when nobody said so: a query that returns nothing in silence is the bug we fear most. Raises too
-- when somebody else said so: without our seal an injected set_config would make anyone the system.
CREATE OR REPLACE FUNCTION app.actor() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    said text := current_setting('app.actor', true);
    who text := split_part(said, ' ', 1);
BEGIN
    IF said IS NULL OR said = '' THEN
        RAISE EXCEPTION 'nobody is acting: open `with acting_as(actor):` first' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM FROM app.seal
    WHERE encode(sha256(outer_pad || sha256(inner_pad || convert_to(who, 'UTF8'))), 'hex') = split_part(said, ' ', 2);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the actor % carries no seal of ours', quote_literal(who) USING
            ERRCODE = 'insufficient_privilege',
            HINT = 'Did `manage.py migrate` run with the SECRET_KEY that this process has?';
    END IF;
    RETURN who;
END $$;

CREATE OR REPLACE FUNCTION app.is_system() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$ SELECT app.actor() = 'system' $$;

CREATE OR REPLACE FUNCTION app.is_doorkeeper() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$ SELECT app.actor() = 'doorkeeper' $$;

CREATE OR REPLACE FUNCTION app.today() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$ SELECT (now() AT TIME ZONE 'Europe/Brussels')::date $$;

-- The id of the member who asks; NULL for everyone else, a deactivated member included.
CREATE OR REPLACE FUNCTION app.me() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT id FROM public.members_member
    WHERE is_active
      AND id = (SELECT CASE WHEN who LIKE 'member:%' THEN split_part(who, ':', 2)::bigint END FROM app.actor() AS who)
$$;

-- The session of this member has not shown a second factor: whatever roles the member has, none of them here.
CREATE OR REPLACE FUNCTION app.is_held_back() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$ SELECT app.actor() LIKE 'member:%:held-back' $$;

CREATE OR REPLACE FUNCTION app.is_manager() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM public.members_member WHERE id = (SELECT app.me()) AND is_community_manager)
        THEN NOT app.is_held_back() ELSE false
    END
$$;

CREATE OR REPLACE FUNCTION app.is_steward() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT app.is_system() OR app.is_manager() $$;

-- Works for a supplier: may be in a circle, never sees who else is or who comes.
CREATE OR REPLACE FUNCTION app.is_vendor() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM public.members_member m JOIN public.regions_partner p ON p.id = m.partner_id
                   WHERE m.id = (SELECT app.me()) AND p.kind = 'vendor')
$$;

-- In at least one circle today, or a steward. Someone who only registered is not in.
CREATE OR REPLACE FUNCTION app.is_insider() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT app.is_steward()
        OR EXISTS (SELECT FROM public.members_membership WHERE member_id = (SELECT app.me()) AND ended_at IS NULL)
$$;

-- The circles one is in. Whoever is in a circle is in the umbrella circle too; stewards are in all, by id and not by an
-- OR in the policies, which would cost everybody the index.
CREATE OR REPLACE FUNCTION app.circles() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN app.is_steward() THEN (SELECT coalesce(array_agg(id), '{}') FROM public.regions_circle)
    ELSE (
        WITH joined AS (
            SELECT circle_id FROM public.members_membership WHERE member_id = (SELECT app.me()) AND ended_at IS NULL
        )
        SELECT coalesce(array_agg(circle_id), '{}') FROM (
            SELECT circle_id FROM joined
            UNION SELECT id FROM public.regions_circle WHERE kind = 'umbrella' AND EXISTS (SELECT FROM joined)
        ) AS circles
    ) END
$$;

-- The circles whose people one may know.
CREATE OR REPLACE FUNCTION app.peers() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN app.is_steward() THEN app.circles()
        WHEN app.is_vendor() THEN '{}'
        ELSE (SELECT coalesce(array_agg(circle_id), '{}') FROM public.members_membership
              WHERE member_id = (SELECT app.me()) AND ended_at IS NULL)
    END
$$;

-- The circles of which one is a trekker whose mandate runs today. A vendor leads none, or would see who comes.
CREATE OR REPLACE FUNCTION app.mandates() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN app.is_vendor() THEN '{}' ELSE (
        SELECT coalesce(array_agg(circle_id), '{}') FROM public.members_membership
        WHERE member_id = (SELECT app.me()) AND ended_at IS NULL AND role = 'trekker'
          AND mandate_start <= (SELECT app.today())
          AND (mandate_end IS NULL OR mandate_end >= (SELECT app.today()))
    ) END
$$;

-- The circles one leads in this session.
CREATE OR REPLACE FUNCTION app.led() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE
        WHEN app.is_steward() THEN app.circles()
        WHEN app.is_held_back() THEN '{}'
        ELSE app.mandates()
    END
$$;

-- Whether a second factor is all that this session lacks to have a role: the difference between "not yours to do" and
-- "show first that it is you".
CREATE OR REPLACE FUNCTION app.lacks_second_factor() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN app.is_held_back() THEN
        EXISTS (SELECT FROM public.members_member WHERE id = (SELECT app.me()) AND is_community_manager)
        OR cardinality(app.mandates()) > 0
    ELSE false END
$$;

-- The members whose profile one may see: those in one's circles; for a trekker also who asked to join or answered.
CREATE OR REPLACE FUNCTION app.people() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(member_id), '{}') FROM (
        SELECT member_id FROM public.members_membership
        WHERE circle_id = ANY((SELECT app.peers())::bigint[]) AND ended_at IS NULL
        UNION SELECT member_id FROM public.members_joinrequest
        WHERE circle_id = ANY((SELECT app.led())::bigint[]) AND decided_at IS NULL AND asked_by_id IS NULL
        UNION SELECT r.member_id FROM public.meetings_registration r
        JOIN public.meetings_meeting m ON m.id = r.meeting_id WHERE m.circle_id = ANY((SELECT app.led())::bigint[])
    ) AS people
$$;

-- The meetings outside one's circles to which one has said yes or maybe: they show the place to join.
CREATE OR REPLACE FUNCTION app.attending() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(meeting_id), '{}') FROM public.meetings_registration
    WHERE member_id = (SELECT app.me()) AND answer <> 'no' AND NOT waiting
$$;

-- The meetings that one was asked to receive, for one's local government, and has not declined.
CREATE OR REPLACE FUNCTION app.hosting() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN app.is_vendor() THEN '{}' ELSE (
        SELECT coalesce(array_agg(h.meeting_id), '{}') FROM public.meetings_hosting h
        JOIN public.meetings_meeting m ON m.id = h.meeting_id
        WHERE h.contact_id = (SELECT app.me()) AND h.state IN ('asked', 'accepted')
          AND m.circle_id = ANY((SELECT app.circles())::bigint[])
    ) END
$$;

-- The meetings at which one was: somebody noted it or, where nobody noted anything, one had said yes.
CREATE OR REPLACE FUNCTION app.was_at() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(meeting_id), '{}') FROM (
        SELECT meeting_id FROM public.meetings_attendance WHERE member_id = (SELECT app.me())
        UNION SELECT r.meeting_id FROM public.meetings_registration r
        WHERE r.member_id = (SELECT app.me()) AND r.answer = 'yes' AND NOT r.waiting
          AND NOT EXISTS (SELECT FROM public.meetings_attendance a WHERE a.meeting_id = r.meeting_id)
    ) AS meetings
$$;

-- The local government for which one works; NULL for who works for a partner.
CREATE OR REPLACE FUNCTION app.my_government() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT government_id FROM public.members_member WHERE id = (SELECT app.me())
$$;

-- Seats taken in a meeting, for whoever sees the meeting: counting needs rows that are not everybody's to read. NULL for
-- who does not see it; tests/wall holds this condition against the wall of the meetings.
CREATE OR REPLACE FUNCTION app.seats_taken(meeting bigint, attending_as text) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT (SELECT count(*)::integer FROM public.meetings_registration
            WHERE meeting_id = m.id AND answer = 'yes' AND attending = attending_as AND NOT waiting)
    FROM public.meetings_meeting m
    WHERE m.id = meeting AND app.actor() IS NOT NULL AND (
        (m.state <> 'draft' AND (m.audience = 'public' OR (m.audience = 'network' AND app.is_insider())
                                 OR m.circle_id = ANY(app.circles())))
        OR m.circle_id = ANY(app.led()) OR m.id = ANY(app.hosting()))
$$;

-- The meetings of which one may read what people thought: those of a circle that one leads, once five have answered.
CREATE OR REPLACE FUNCTION app.evaluated() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(meeting_id), '{}') FROM (
        SELECT e.meeting_id FROM public.meetings_evaluation e JOIN public.meetings_meeting m ON m.id = e.meeting_id
        WHERE m.circle_id = ANY((SELECT app.led())::bigint[])
        GROUP BY e.meeting_id HAVING count(*) >= 5
    ) AS enough
$$;

-- Whether a member's row keeps the powers it has: a policy sees only the new row, this looks at the old one, which is
-- still the one of the statement's snapshot. So the doorkeeper may save a manager's password and make nobody a manager.
CREATE OR REPLACE FUNCTION app.keeps_powers(member bigint, active boolean, manager boolean) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT app.is_doorkeeper() AND EXISTS (SELECT FROM public.members_member
                   WHERE id = member AND is_active = active AND is_community_manager = manager)
$$;

-- Whether someone is in a circle today (in any, for the umbrella circle). Only the system asks: a letter that waited for
-- the relay must not reach who left meanwhile.
CREATE OR REPLACE FUNCTION app.is_in(who bigint, which bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT app.is_system() AND EXISTS (
        SELECT FROM public.members_membership WHERE member_id = who AND ended_at IS NULL AND (
            circle_id = which OR EXISTS (SELECT FROM public.regions_circle WHERE id = which AND kind = 'umbrella')
        )
    )
$$;
