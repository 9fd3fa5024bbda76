"""The oracle of what functions tell about rows that are not the actor's to see: counts, places, powers."""

from .oracle import Asker, World, sees_meeting


def seats(world: World, who: Asker) -> set[tuple]:
    """Each meeting with the seats taken on site and online: for who sees the meeting, and None for who does not."""
    taken = {pk: [0, 0] for pk in world.rows["meetings.Meeting"]}
    for answer in world.of("meetings.Registration"):
        if answer["answer"] == "yes" and not answer["waiting"]:
            taken[answer["meeting_id"]][answer["attending"] == "online"] += 1
    rows = world.rows["meetings.Meeting"]
    return {(pk, *(taken[pk] if sees_meeting(world, who, row) else (None, None))) for pk, row in rows.items()}


def places(world: World, who: Asker) -> set[tuple]:
    """Who is in which circle, asked by the system alone; whoever is in any is in the umbrella."""
    circles = world.rows["regions.Circle"].items()
    return {
        (person, pk)
        for person in world.rows["members.Member"]
        for pk, circle in circles
        if who.system and (pk in world.joined[person] or (circle["kind"] == "umbrella" and world.joined[person]))
    }


def powers(world: World, who: Asker) -> set[tuple]:
    """Active or not and manager or not, as each member is: for the doorkeeper alone."""
    return {
        (row["id"], row["is_active"], row["is_community_manager"])
        for row in world.of("members.Member")
        if who.doorkeeper
    }
