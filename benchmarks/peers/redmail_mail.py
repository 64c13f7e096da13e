# mypy: ignore-errors
"""redmail over one connection. Arguments: port, file of letters."""

import json
import sys
import time

import words
from redmail import EmailSender

port, file = sys.argv[1:]
letters = words.read(file)
written = words.Words()
written(*letters[0])  # compiled once
sender = EmailSender(host="127.0.0.1", port=int(port), use_starttls=False)
sender.use_jinja = False  # the words are written already
begin, cpu = time.perf_counter(), time.process_time()
with sender:
    for reader, tip in letters:
        subject, text, html = written(reader, tip)
        sender.send(
            sender="ai@x.example",
            subject=subject,
            receivers=[reader.person.email],
            text=text,
            html=html,
        )
seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
print(json.dumps({"seconds": seconds, "cpu": cpu, "letters": len(letters)}))
