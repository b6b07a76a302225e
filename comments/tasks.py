"""What is done beside the request: by `manage.py db_worker` in a newsroom, at once in development."""

from django.tasks import task

from . import notices, outside


@task
def send_waiting_notices():
    return notices.send_waiting()[0]


@task
def ask_outside():
    return outside.work()[0]
