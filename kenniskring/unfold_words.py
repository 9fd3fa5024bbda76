"""Words of django-unfold and Django that have no Dutch yet: named here, so that our catalogue says them."""

from django.utils.translation import gettext_noop as _

WORDS = [
    _("Add row"), _("All applications"), _("Apply Filters"), _("Available shortcuts"), _("Changelist shortcuts"),
    _("Choose file to upload"), _("Click here to select the objects across all pages"), _("Click to cancel"),
    _("Click to download"), _("Command tool shortcuts"), _("Create new record"), _("Dark"), _("Date from"),
    _("Date to"), _("False"), _("Filters"), _("General"), _("Global shortcuts"), _("Go back"), _("Light"),
    _("Navigate"), _("No data"), _("No results found"), _("Nothing matched your search"), _("Open command tool"),
    _("Open selection"), _("Open selection in new tab"), _("Open shortcuts list"), _("Recent searches"),
    _("Reset filters"), _("Return to site"), _("Run the selected action"), _("Search apps and models..."),
    _("Select"), _("Select action"), _("Select action to run"), _("Select record"), _("Select value"), _("System"),
    _("This item will be deleted."), _("This page yielded into no results."), _("Toggle dark/light mode"),
    _("Toggle filter"), _("Toggle sidebar"), _("True"), _("Type to search"), _("Value"), _("- Select an option -"),
    _("Filter by %(field_name)s"), _("Image preview"), _("Models in the %(name)s application"),
    _("Pagination %(name)s"), _("Pagination %(name)s entries"), _("Search %(name)s"), _("Toggle password visibility"),
    _("Deleting the %(object_name)s '%(escaped_object)s' would result in deleting related objects, but your account "
      "doesn't have permission to delete the following types of objects:"),
    _("Deleting the %(object_name)s '%(escaped_object)s' would require deleting the following protected related "
      "objects:"),
    _('Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? All of the following related items '
      "will be deleted:"),
]  # fmt: skip
