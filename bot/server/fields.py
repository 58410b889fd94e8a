"""Fields of request bodies: what a text, an id or an e-mail address may be."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from bot.desk.errors import MessageEmpty, MessageTooLong
from bot.server.settings import Settings

# C0 and C1 controls except tab and newline: they change what terminals and logs show, and no reader needs them.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029]")
# Letters, digits and marks are text; a message of spaces, joiners and direction marks alone is blank.
_INVISIBLE = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)


def clean(text: str) -> str:
    """The text without control characters, its line ends as newlines."""
    return _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen."""
    return not _INVISIBLE.sub("", text)


def message_text(text: str, settings: Settings) -> str:
    """A message as it is kept.

    Raises:
        MessageEmpty: Nothing of it can be seen.
        MessageTooLong: It has too many characters or bytes.
    """
    cleaned = clean(text).strip()
    if is_blank(cleaned):
        raise MessageEmpty
    if len(cleaned) > settings.message_max_chars:
        raise MessageTooLong(len(cleaned), settings.message_max_chars)
    size = len(cleaned.encode())
    if size > settings.message_max_bytes:
        raise MessageTooLong(size, settings.message_max_bytes, "bytes")
    return cleaned


def _one_line(text: str) -> str:
    return " ".join(clean(text).split())


def _visible(text: str) -> str:
    if is_blank(text):
        raise ValueError("must not be blank")
    return text


def _address(email: str) -> str:
    if not re.fullmatch(
        r"[^@\s\x00-\x1f\x7f<>\"',;]+@[^@\s\x00-\x1f\x7f<>\"',;]+\.[^@\s\x00-\x1f\x7f<>\"',;.]+", email
    ):
        raise ValueError("must be an e-mail address, as in name@example.org")
    return email


ClientMessageId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
"""Made by the client, once for each thing a person does; sent again with it, nothing happens twice."""

ButtonId = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_]+$")]
Name = Annotated[str, Field(max_length=200), AfterValidator(_one_line), AfterValidator(_visible)]
Email = Annotated[str, Field(max_length=254), AfterValidator(_address)]
Comment = Annotated[str, Field(max_length=2000), AfterValidator(clean)]
Locale = Annotated[str, Field(max_length=32, pattern=r"^[A-Za-z0-9-]+$")]
PageUrl = Annotated[str, Field(max_length=2048, pattern=r"^https?://[^\s\x00-\x1f\x7f]+$")]
