"""Walls around tables that other apps made: those of allauth, and the admin's log."""

from regions.wall import DOOR, NOBODY, STEWARD, SYSTEM_ONLY, Wall, borrowed, mine

OWN = f"{mine('user_id')} OR {DOOR} OR {SYSTEM_ONLY}"
AT_THE_DOOR = f"{DOOR} OR {SYSTEM_ONLY}"  # the system forgets what belonged to a profile that goes

borrowed |= {
    "account_emailaddress": Wall(
        name="email_addresses_wall",
        see=f"{mine('user_id')} OR {DOOR} OR {STEWARD}",
        add=f"{DOOR} OR {STEWARD}",
        change=f"{DOOR} OR {STEWARD}",
    ),
    # Empty here: confirmations are signed links. Walled all the same.
    "account_emailconfirmation": Wall(name="email_confirmations_wall", see=DOOR, add=DOOR, change=DOOR),
    # Second factors, and profiles elsewhere with which one logs in: made and removed at the door. Not even a
    # community manager sees them.
    "mfa_authenticator": Wall(name="authenticators_wall", see=OWN, add=AT_THE_DOOR, change=AT_THE_DOOR),
    "socialaccount_socialaccount": Wall(name="outside_profiles_wall", see=OWN, add=AT_THE_DOOR, change=AT_THE_DOOR),
    # Where one is logged in: written at the door, ended by whose it is.
    "usersessions_usersession": Wall(
        name="user_sessions_wall", see=OWN, add=AT_THE_DOOR, change=AT_THE_DOOR, delete=OWN
    ),
    # Never used: providers are in the settings, their tokens are thrown away.
    "socialaccount_socialapp": Wall(name="outside_apps_wall", see=NOBODY, add=NOBODY, change=NOBODY),
    "socialaccount_socialtoken": Wall(name="outside_tokens_wall", see=NOBODY, add=NOBODY, change=NOBODY),
    "django_admin_log": Wall(name="admin_log_wall", see=STEWARD, add=STEWARD, change=NOBODY),
}
