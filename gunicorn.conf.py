"""gunicorn reads this by itself when it starts in this folder."""

import os

from kenniskring import logs
from kenniskring.leaving import say_so_first
from kenniskring.webserver import be_discreet

be_discreet()
logconfig_dict = logs.configuration(os.environ)  # one log for all of us: gunicorn's own lines pass the same pen
post_worker_init = say_so_first
