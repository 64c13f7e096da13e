# mypy: ignore-errors
"""Django's mail over one connection. Arguments: port, file of letters; `post_office` sends by its queue instead."""

import json
import logging
import sys
import tempfile
import time
from pathlib import Path

import django
from django.conf import settings

port, file, *rest = sys.argv[1:]
queued = rest == ["post_office"]
scratch = tempfile.TemporaryDirectory()
settings.configure(
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=int(port),
    EMAIL_BACKEND="post_office.EmailBackend" if queued else "django.core.mail.backends.smtp.EmailBackend",
    POST_OFFICE={"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}, "BATCH_SIZE": 100},
    INSTALLED_APPS=["django.contrib.contenttypes", *(["post_office"] if queued else [])],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
    USE_TZ=True,
    LOGGING_CONFIG=None,
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": Path(scratch.name) / "queue.sqlite3",
            "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"},
        }
    },
)
django.setup()
logging.disable(logging.INFO)  # a line for each hundred letters

import words  # noqa: E402 - Django wants its settings first
from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402 - the same

letters = words.read(file)
written = words.Words()
written(*letters[0])  # compiled once


def plainly() -> None:
    with get_connection() as connection:
        for reader, tip in letters:
            subject, text, html = written(reader, tip)
            made = EmailMultiAlternatives(
                subject, text, "AI-tid <ai@x.example>", [reader.person.email], connection=connection
            )
            made.attach_alternative(html, "text/html")
            made.send()


def by_queue() -> None:
    from post_office import mail

    for start in range(0, len(letters), 100):
        for reader, tip in letters[start : start + 100]:
            subject, text, html = written(reader, tip)
            mail.send(reader.person.email, "AI-tid <ai@x.example>", subject=subject, message=text, html_message=html)
        mail.send_queued(processes=1, log_level=0)


if queued:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from post_office.models import STATUS, Email

begin, cpu = time.perf_counter(), time.process_time()
by_queue() if queued else plainly()
seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
if queued:
    assert Email.objects.filter(status=STATUS.sent).count() == len(letters)
print(json.dumps({"seconds": seconds, "cpu": cpu, "letters": len(letters)}))
