"""EXISTS instead of IN, so that a page of one meeting does not read all meetings. Who sees what stays the same."""

import regions.wall
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('library', '0001_initial'),
        ('meetings', '0001_initial'),
        ('regions', '0002_journal'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='agendaitem',
            name='agenda_wall',
        ),
        migrations.RemoveConstraint(
            model_name='asking',
            name='askings_wall',
        ),
        migrations.RemoveConstraint(
            model_name='invitation',
            name='invitations_wall',
        ),
        migrations.RemoveConstraint(
            model_name='joinlink',
            name='join_links_wall',
        ),
        migrations.RemoveConstraint(
            model_name='material',
            name='materials_wall',
        ),
        migrations.RemoveConstraint(
            model_name='meetingtopic',
            name='meeting_topics_wall',
        ),
        migrations.RemoveConstraint(
            model_name='registration',
            name='registrations_wall',
        ),
        migrations.RemoveConstraint(
            model_name='speaker',
            name='speakers_wall',
        ),
        migrations.RemoveConstraint(
            model_name='speakertopic',
            name='speaker_topics_wall',
        ),
        migrations.RemoveConstraint(
            model_name='talk',
            name='talks_wall',
        ),
        migrations.AddConstraint(
            model_name='agendaitem',
            constraint=regions.wall.Wall(add='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', change='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', delete='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', name='agenda_wall', see='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id)'),
        ),
        migrations.AddConstraint(
            model_name='asking',
            constraint=regions.wall.Wall(add='EXISTS (SELECT FROM meetings_talk AS t JOIN meetings_agendaitem AS i ON i.id = t.item_id JOIN meetings_meeting AS m ON m.id = i.meeting_id WHERE t.id = talk_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', change='EXISTS (SELECT FROM meetings_talk AS t JOIN meetings_agendaitem AS i ON i.id = t.item_id JOIN meetings_meeting AS m ON m.id = i.meeting_id WHERE t.id = talk_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', delete='EXISTS (SELECT FROM meetings_talk AS t JOIN meetings_agendaitem AS i ON i.id = t.item_id JOIN meetings_meeting AS m ON m.id = i.meeting_id WHERE t.id = talk_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', name='askings_wall', see='EXISTS (SELECT FROM meetings_talk AS t JOIN meetings_agendaitem AS i ON i.id = t.item_id JOIN meetings_meeting AS m ON m.id = i.meeting_id WHERE t.id = talk_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=regions.wall.Wall(add='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', change='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', delete='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', name='invitations_wall', see='(member_id = (SELECT app.me()) AND EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id)) OR EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))'),
        ),
        migrations.AddConstraint(
            model_name='joinlink',
            constraint=regions.wall.Wall(add='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', change='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', delete='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', name='join_links_wall', see='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND (m.circle_id = ANY((SELECT app.circles())::bigint[]) OR m.circle_id = ANY((SELECT app.led())::bigint[]))) OR (meeting_id = ANY((SELECT app.attending())::bigint[]) AND EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id))'),
        ),
        migrations.AddConstraint(
            model_name='material',
            constraint=regions.wall.Wall(add='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[])) AND (item_id IS NULL OR EXISTS (SELECT FROM meetings_agendaitem AS i WHERE i.id = item_id AND i.meeting_id = meetings_material.meeting_id)) AND (talk_id IS NULL OR EXISTS (SELECT FROM meetings_talk AS t JOIN meetings_agendaitem AS i ON i.id = t.item_id WHERE t.id = talk_id AND i.meeting_id = meetings_material.meeting_id))', change='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[])) AND (item_id IS NULL OR EXISTS (SELECT FROM meetings_agendaitem AS i WHERE i.id = item_id AND i.meeting_id = meetings_material.meeting_id)) AND (talk_id IS NULL OR EXISTS (SELECT FROM meetings_talk AS t JOIN meetings_agendaitem AS i ON i.id = t.item_id WHERE t.id = talk_id AND i.meeting_id = meetings_material.meeting_id))', delete='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[])) AND (item_id IS NULL OR EXISTS (SELECT FROM meetings_agendaitem AS i WHERE i.id = item_id AND i.meeting_id = meetings_material.meeting_id)) AND (talk_id IS NULL OR EXISTS (SELECT FROM meetings_talk AS t JOIN meetings_agendaitem AS i ON i.id = t.item_id WHERE t.id = talk_id AND i.meeting_id = meetings_material.meeting_id))', name='materials_wall', see='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id)'),
        ),
        migrations.AddConstraint(
            model_name='meetingtopic',
            constraint=regions.wall.Wall(add='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', change='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', delete='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', name='meeting_topics_wall', see='EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id)'),
        ),
        migrations.AddConstraint(
            model_name='registration',
            constraint=regions.wall.Wall(add='(member_id = (SELECT app.me()) AND EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id)) OR (SELECT app.is_system())', change='(member_id = (SELECT app.me()) AND EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id)) OR (SELECT app.is_system())', delete='(member_id = (SELECT app.me()) AND EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id)) OR (SELECT app.is_system())', name='registrations_wall', see="(member_id = (SELECT app.me()) AND EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id)) OR EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.led())::bigint[])) OR (answer = 'yes' AND NOT waiting AND EXISTS (SELECT FROM meetings_meeting AS m WHERE m.id = meeting_id AND m.circle_id = ANY((SELECT app.peers())::bigint[])))"),
        ),
        migrations.AddConstraint(
            model_name='speaker',
            constraint=regions.wall.Wall(add='cardinality((SELECT app.led())::bigint[]) > 0 OR (SELECT app.is_steward())', change='cardinality((SELECT app.led())::bigint[]) > 0 OR (SELECT app.is_steward())', delete='(SELECT app.is_steward())', name='speakers_wall', see="cardinality((SELECT app.led())::bigint[]) > 0 OR (SELECT app.is_steward()) OR EXISTS (SELECT FROM meetings_talk AS t WHERE t.speaker_id = meetings_speaker.id AND t.state = 'accepted')"),
        ),
        migrations.AddConstraint(
            model_name='speakertopic',
            constraint=regions.wall.Wall(add='cardinality((SELECT app.led())::bigint[]) > 0 OR (SELECT app.is_steward())', change='cardinality((SELECT app.led())::bigint[]) > 0 OR (SELECT app.is_steward())', delete='cardinality((SELECT app.led())::bigint[]) > 0 OR (SELECT app.is_steward())', name='speaker_topics_wall', see='EXISTS (SELECT FROM meetings_speaker AS s WHERE s.id = speaker_id)'),
        ),
        migrations.AddConstraint(
            model_name='talk',
            constraint=regions.wall.Wall(add='EXISTS (SELECT FROM meetings_agendaitem AS i JOIN meetings_meeting AS m ON m.id = i.meeting_id WHERE i.id = item_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', change='EXISTS (SELECT FROM meetings_agendaitem AS i JOIN meetings_meeting AS m ON m.id = i.meeting_id WHERE i.id = item_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', delete='EXISTS (SELECT FROM meetings_agendaitem AS i JOIN meetings_meeting AS m ON m.id = i.meeting_id WHERE i.id = item_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))', name='talks_wall', see="(state = 'accepted' AND EXISTS (SELECT FROM meetings_agendaitem AS i WHERE i.id = item_id)) OR EXISTS (SELECT FROM meetings_agendaitem AS i JOIN meetings_meeting AS m ON m.id = i.meeting_id WHERE i.id = item_id AND m.circle_id = ANY((SELECT app.led())::bigint[]))"),
        ),
    ]
