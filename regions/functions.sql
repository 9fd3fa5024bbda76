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

-- What who asks is, and is to which circle: all in one look, because each statement asks it some five times. The functions
-- below give one column of it each.
--
-- is_manager    community manager, in this session: one that has shown no second factor ("held") has no role
-- is_steward    a community manager, or the system
-- is_vendor     works for a supplier: may be in a circle, never sees who else is or who comes, and leads none
-- is_insider    in at least one circle today, or a steward; someone who only registered is not
-- works_for     the local government, NULL for who works for a partner
-- circles       in which one is: whoever is in one is in the umbrella circle too; stewards are in all, by id and not by an
--               OR in the policies, which would cost everybody the index
-- peers         those circles whose people one may know
-- led           of which one is a trekker whose mandate runs today
-- lacks_second_factor    that is all this session lacks to have a role: the difference between "not yours to do" and
--               "show first that it is you"
CREATE OR REPLACE FUNCTION app.asker(
    OUT is_manager boolean, OUT is_steward boolean, OUT is_vendor boolean, OUT is_insider boolean, OUT works_for bigint,
    OUT circles bigint[], OUT peers bigint[], OUT led bigint[], OUT lacks_second_factor boolean
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    who text := app.actor();
    held boolean := who LIKE 'member:%:held-back';
    manages boolean;
BEGIN
    SELECT m.is_community_manager, p.kind = 'vendor', m.government_id, places.joined, places.led
    INTO manages, is_vendor, works_for, peers, led
    FROM public.members_member m
    LEFT JOIN public.regions_partner p ON p.id = m.partner_id
    CROSS JOIN LATERAL (
        SELECT array_agg(circle_id) AS joined,
               array_agg(circle_id) FILTER (
                   WHERE role = 'trekker' AND mandate_start <= app.today()
                   AND (mandate_end IS NULL OR mandate_end >= app.today())
               ) AS led
        FROM public.members_membership WHERE member_id = m.id AND ended_at IS NULL
    ) AS places
    WHERE m.is_active AND m.id = CASE WHEN who LIKE 'member:%' THEN split_part(who, ':', 2)::bigint END;
    is_vendor := coalesce(is_vendor, false);
    is_manager := coalesce(manages, false) AND NOT held;
    is_steward := is_manager OR who = 'system';
    is_insider := is_steward OR peers IS NOT NULL;
    lacks_second_factor := held AND (coalesce(manages, false) OR led IS NOT NULL AND NOT is_vendor);
    IF is_steward THEN
        circles := ARRAY(SELECT id FROM public.regions_circle);
        peers := circles;
        led := circles;
        RETURN;
    END IF;
    circles := '{}';
    IF peers IS NOT NULL THEN
        circles := peers || ARRAY(SELECT id FROM public.regions_circle WHERE kind = 'umbrella');
    END IF;
    peers := CASE WHEN is_vendor THEN '{}' ELSE coalesce(peers, '{}') END;
    led := CASE WHEN is_vendor OR held THEN '{}' ELSE coalesce(led, '{}') END;
END $$;

CREATE OR REPLACE FUNCTION app.is_manager() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (app.asker()).is_manager; END $$;

CREATE OR REPLACE FUNCTION app.is_steward() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (app.asker()).is_steward; END $$;

CREATE OR REPLACE FUNCTION app.is_vendor() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (app.asker()).is_vendor; END $$;

CREATE OR REPLACE FUNCTION app.is_insider() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (app.asker()).is_insider; END $$;

CREATE OR REPLACE FUNCTION app.circles() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (app.asker()).circles; END $$;

CREATE OR REPLACE FUNCTION app.peers() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (app.asker()).peers; END $$;

CREATE OR REPLACE FUNCTION app.led() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (app.asker()).led; END $$;

CREATE OR REPLACE FUNCTION app.lacks_second_factor() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (app.asker()).lacks_second_factor; END $$;

CREATE OR REPLACE FUNCTION app.my_government() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ BEGIN RETURN (app.asker()).works_for; END $$;

-- The members whose profile one may see: those in one's circles; for a trekker also who asked to join or answered.
CREATE OR REPLACE FUNCTION app.people() RETURNS bigint[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(member_id), '{}') FROM app.asker() AS a CROSS JOIN LATERAL (
        SELECT member_id FROM public.members_membership WHERE circle_id = ANY(a.peers) AND ended_at IS NULL
        UNION SELECT member_id FROM public.members_joinrequest
        WHERE circle_id = ANY(a.led) AND decided_at IS NULL AND asked_by_id IS NULL
        UNION SELECT r.member_id FROM public.meetings_registration r
        JOIN public.meetings_meeting m ON m.id = r.meeting_id WHERE m.circle_id = ANY(a.led)
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
    SELECT coalesce(array_agg(h.meeting_id), '{}') FROM public.meetings_hosting h
    JOIN public.meetings_meeting m ON m.id = h.meeting_id
    WHERE h.contact_id = (SELECT app.me()) AND h.state IN ('asked', 'accepted')
      AND m.circle_id = ANY((SELECT circles FROM app.asker() WHERE NOT is_vendor)::bigint[])
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

-- Seats taken in a meeting, for whoever sees the meeting: counting needs rows that are not everybody's to read. NULL for
-- who does not see it; tests/wall holds this condition against the wall of the meetings.
CREATE OR REPLACE FUNCTION app.seats_taken(meeting bigint, attending_as text) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT (SELECT count(*)::integer FROM public.meetings_registration
            WHERE meeting_id = m.id AND answer = 'yes' AND attending = attending_as AND NOT waiting)
    FROM public.meetings_meeting m, app.asker() AS a
    WHERE m.id = meeting AND (
        (m.state <> 'draft' AND (m.audience = 'public' OR (m.audience = 'network' AND a.is_insider)
                                 OR m.circle_id = ANY(a.circles)))
        OR m.circle_id = ANY(a.led) OR m.id = ANY(app.hosting()))
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
