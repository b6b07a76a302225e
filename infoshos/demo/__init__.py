"""Content to show the portal with: written and drawn for it, loaded by `manage.py demo`."""
