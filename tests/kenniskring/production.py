"""The settings of production, with static files that are named by content and not compressed: that takes long."""

from kenniskring.settings import *  # noqa: F403

WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["js", "css", "svg", "woff2", "map", "txt", "md", "", "LICENSE", "json"]
