"""What can go wrong in the sentiment package.

::

    SentimentError
    ├── ModelUnavailable      the world failed: files of the model are missing or damaged
    ├── CorpusUnreadable      training data are missing or do not have the expected shape
    └── CorrectionsInvalid    you called it wrong: a line of corrections does not fit

A text is never an error: where the scorer cannot judge, the numbers are ``None`` and `reason` says why.
"""

from __future__ import annotations


class SentimentError(Exception):
    """Sentiment could not be computed."""

    code = "sentiment_error"


class ModelUnavailable(SentimentError):
    """Files of the sentiment model are missing or damaged."""

    code = "sentiment_model_unavailable"


class CorpusUnreadable(SentimentError):
    """Training data are missing or do not have the expected shape."""

    code = "sentiment_corpus_unreadable"


class CorrectionsInvalid(SentimentError):
    """A line of corrections does not fit; names the file and the line."""

    code = "sentiment_corrections_invalid"
