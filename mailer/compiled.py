"""Compiled templates, kept while the process lives.

To compile one takes ten times as long as to fill it in. A renderer is made anew whenever a file of the organisation
has changed, and mostly the templates have not.
"""

from types import CodeType

from jinja2.bccache import Bucket, BytecodeCache


class Compiled(BytecodeCache):
    """Of each template file what its last text was compiled to. For environments that are made alike, by any thread."""

    def __init__(self) -> None:
        self._newest: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the bucket the code of its text, when that was the last of its file."""
        checksum, code = self._newest.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the bucket's code in place of what the file's text before was compiled to."""
        if bucket.code is not None:
            self._newest[bucket.key] = bucket.checksum, bucket.code
