-- A network for `make bench`: bench.meetings meetings in bench.circles circles with bench.members members, on top of the
-- facts. Each circle meets twenty times a year: 20 meetings to come, 20 in the past year, and older ones. So a network
-- of 1,000 meetings is one in which 25 circles began a year ago, and its readers see as much as those of 100,000.
-- Run by a superuser, for whom there is no wall; foreign keys are not looked at again (`session_replication_role`).

SET session_replication_role = replica;
SET synchronous_commit = off;
CREATE TEMP TABLE n AS SELECT
    current_setting('bench.meetings')::int AS meetings,
    current_setting('bench.circles')::int AS circles,
    current_setting('bench.members')::int AS members;

INSERT INTO regions_circle (name, slug, kind, region, about, rhythm, joining, state)
SELECT 'Praktijkgemeenschap ' || i, 'praktijkgemeenschap-' || i, 'community', '', '', 'quarter', 'request', 'active'
FROM n, generate_series((SELECT count(*) + 1 FROM regions_circle), n.circles) AS i;

-- The umbrella circle is nobody's own: whoever is in a circle is in it.
CREATE TEMP TABLE circle AS
SELECT id, row_number() OVER (ORDER BY id) AS nth FROM regions_circle WHERE kind <> 'umbrella';
CREATE TEMP TABLE government AS SELECT id, row_number() OVER (ORDER BY id) AS nth FROM regions_localgovernment;
CREATE TEMP TABLE topic AS SELECT id, row_number() OVER (ORDER BY id) AS nth FROM library_topic;
CREATE TEMP TABLE tally AS SELECT
    (SELECT count(*) FROM circle) AS circles, (SELECT count(*) FROM government) AS governments,
    (SELECT count(*) FROM topic) AS topics;

-- Members: one address each, in one circle, every fourth in a second one too. The first of a circle leads it.
INSERT INTO members_member (password, email, name, job_title, is_active, is_community_manager, works_elsewhere,
                            registered_at, government_id)
SELECT '!', 'lid' || i || '@bench.example', 'Lid Nummer ' || i, 'GIS-coördinator', true, i = n.members, false,
       now() - interval '2 years', (SELECT id FROM government WHERE nth = i % t.governments + 1)
FROM n, tally t, generate_series(1, n.members) AS i;
CREATE TEMP TABLE person AS SELECT id, row_number() OVER (ORDER BY id) AS nth FROM members_member;
CREATE UNIQUE INDEX ON person (nth);
INSERT INTO account_emailaddress (user_id, email, verified, "primary")
SELECT id, email, true, true FROM members_member;
INSERT INTO members_feedaddress (member_id, secret, made_at)
SELECT id, 'secret-of-' || nth, now() FROM person;
INSERT INTO members_membership (member_id, circle_id, role, mandate_start, joined_at)
SELECT p.id, c.id, CASE WHEN p.nth <= t.circles THEN 'trekker' ELSE 'member' END,
       CASE WHEN p.nth <= t.circles THEN date '2024-01-01' END, now() - interval '2 years'
FROM person p, tally t, circle c WHERE c.nth = (p.nth - 1) % t.circles + 1;
INSERT INTO members_membership (member_id, circle_id, role, joined_at)
SELECT p.id, c.id, 'member', now() - interval '1 year'
FROM person p, tally t, circle c WHERE p.nth % 4 = 0 AND c.nth = p.nth % t.circles + 1;
-- One circle that everyone up to bench.invited knows, for one invitation to all of them.
INSERT INTO members_membership (member_id, circle_id, role, joined_at)
SELECT p.id, c.id, 'member', now() - interval '1 year'
FROM person p, tally t, circle c
WHERE p.nth <= current_setting('bench.invited')::int AND c.nth = t.circles
ON CONFLICT DO NOTHING;
-- They log in now and then; the sessions of the measurement come on top.
INSERT INTO django_session (session_key, session_data, expire_date)
SELECT substr(md5('session' || nth), 1, 32), repeat('x', 180), now() + interval '14 days' FROM person;

-- Meetings: the circles meet in turn. Of ten, five are for the circle, three for the network, two for everyone.
CREATE TEMP TABLE gathering AS
SELECT i AS nth, c.id AS circle_id, c.nth AS circle_nth, round,
       date_trunc('day', now()) + interval '1 year' - round * interval '18 days' - c.nth % 18 * interval '1 day'
       + (9 + c.nth % 8) * interval '1 hour' AS starts_at
FROM n, tally t,
     LATERAL (SELECT least(t.circles, greatest(1, n.meetings / 40)) AS busy) AS b,
     generate_series(1, n.meetings) AS i,
     LATERAL (SELECT (i - 1) / busy AS round, (i - 1) % busy + 1 AS circle_nth) AS r
JOIN circle c ON c.nth = r.circle_nth;
INSERT INTO meetings_meeting (title, about, starts_at, ends_at, form, venue, address, route, seats_in_person, audience,
                              state, cancelled_because, uid, sequence, made_at, changed_at, circle_id, host_id)
SELECT (ARRAY['Camera’s in de publieke ruimte', 'Nieuwe spelregels voor wie de cloud in wil', 'NIS2: wat moet er klaar zijn?',
              'Van papier naar digitaal loket', 'Samen een GIS-viewer beheren'])[nth % 5 + 1] || ' (' || nth || ')',
       repeat('We bekijken samen waar elk bestuur staat, wat er misging en wat een ander kan overnemen. ', 4),
       starts_at, starts_at + interval '3 hours', (ARRAY['in_person', 'online', 'hybrid'])[nth % 3 + 1],
       'Administratief centrum, raadzaal', 'Markt 1', 'Parkeren kan achter het gebouw.',
       CASE WHEN nth % 3 <> 1 THEN 40 END,
       (ARRAY['circle', 'circle', 'network', 'circle', 'public', 'circle', 'network', 'circle', 'network', 'public'])[(nth * 7 + round) % 10 + 1],
       CASE WHEN nth % 50 = 7 THEN 'cancelled' WHEN starts_at < now() THEN 'held' WHEN nth % 25 = 3 THEN 'draft' ELSE 'published' END,
       '', gen_random_uuid(), 0, starts_at - interval '2 months', starts_at - interval '2 months', circle_id,
       CASE WHEN nth % 3 <> 1 THEN (SELECT id FROM government WHERE government.nth = g.nth % t.governments + 1) END
FROM gathering g, tally t ORDER BY nth;
CREATE TEMP TABLE held AS SELECT m.id, g.nth, g.circle_nth FROM gathering g
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS nth FROM meetings_meeting) AS m USING (nth);

INSERT INTO meetings_joinlink (meeting_id, url)
SELECT id, 'https://online.example/' || nth FROM held WHERE nth % 3 <> 0;
INSERT INTO meetings_meetingtopic (meeting_id, topic_id)
SELECT h.id, topic.id FROM held h, tally t, generate_series(0, 1) AS j, topic
WHERE topic.nth = (h.nth * 3 + j * 11) % t.topics + 1;
INSERT INTO meetings_agendaitem (position, kind, title, about, minutes, meeting_id)
SELECT j, (ARRAY['welcome', 'news_round', 'deep_dive', 'peer_consultation', 'closing'])[j + 1],
       (ARRAY['Onthaal met koffie', 'Actualiteiten', 'Hoe Temse het aanpakte', 'Een vraag uit de groep', 'Afspraken'])[j + 1],
       CASE WHEN j IN (2, 3) THEN 'Met een demonstratie, en tijd voor vragen.' ELSE '' END, 30, h.id
FROM held h, generate_series(0, 4) AS j;
INSERT INTO meetings_speaker (name, organisation, kind, bio)
SELECT 'Spreker ' || i, 'Organisatie ' || i, (ARRAY['colleague', 'v_ict_or', 'vendor'])[i % 3 + 1], 'Spreekt graag over wat lukte.'
FROM generate_series(1, 400) AS i;
CREATE TEMP TABLE speaker AS SELECT id, row_number() OVER (ORDER BY id) AS nth FROM meetings_speaker;
INSERT INTO meetings_talk (item_id, speaker_id, state, asked_at)
SELECT a.id, s.id, CASE WHEN a.id % 7 = 0 THEN 'asked' ELSE 'accepted' END, now() - interval '1 month'
FROM meetings_agendaitem a JOIN speaker s ON s.nth = a.meeting_id % 400 + 1 WHERE a.position = 2;
INSERT INTO meetings_material (name, file, content_type, size, uploaded_at, meeting_id)
SELECT 'verslag.pdf', 'x', 'application/pdf', 200000, m.ends_at, m.id FROM meetings_meeting m WHERE m.state = 'held';
-- Six of the forty members of the circle answered.
INSERT INTO meetings_registration (answer, attending, waiting, answered_at, meeting_id, member_id)
SELECT CASE WHEN j < 4 THEN 'yes' WHEN j = 4 THEN 'maybe' ELSE 'no' END,
       CASE WHEN j = 5 THEN '' WHEN h.nth % 3 = 1 THEN 'online' ELSE 'in_person' END, false, now(), h.id, p.id
FROM held h, tally t, generate_series(0, 5) AS j, n, person p
WHERE p.nth = h.circle_nth + t.circles * ((h.nth + j * 5) % greatest(1, n.members / t.circles)) AND p.nth <= n.members
ON CONFLICT DO NOTHING;
