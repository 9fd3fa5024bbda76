"""Walls around tables that other apps made: allauth's addresses and the admin's log."""

from regions.wall import DOOR, NOBODY, STEWARD, Wall, borrowed, mine

borrowed |= {
    "account_emailaddress": Wall(
        name="email_addresses_wall",
        see=f"{mine('user_id')} OR {DOOR} OR {STEWARD}",
        add=f"{DOOR} OR {STEWARD}",
        change=f"{DOOR} OR {STEWARD}",
    ),
    # Empty here: confirmations are signed links. Walled all the same.
    "account_emailconfirmation": Wall(name="email_confirmations_wall", see=DOOR, add=DOOR, change=DOOR),
    "django_admin_log": Wall(name="admin_log_wall", see=STEWARD, add=STEWARD, change=NOBODY),
}
