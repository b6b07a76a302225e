"""What is done beside the request: by `manage.py db_worker` in a newsroom, at once in development."""

from django.tasks import task

from . import erasing, notices, outside, pending


@task
def send_waiting_notices():
    return notices.send_waiting()[0]


@task
def ask_outside():
    return outside.work()[0]


@task
def mail_confirmation(number):
    return pending.mail_one(number)


@task
def mail_address_link(number):
    return erasing.mail_one(number)
