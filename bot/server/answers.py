"""The texts of articles, for the agent's brief; read again when the folder changed."""

import logging
from pathlib import Path
from time import monotonic

from knowledge_base.article import ArticleError, load_articles

logger = logging.getLogger(__name__)

FRESH_S = 30.0
"""An agent may see an edited article this late; reading all of them for every brief would cost more."""


class Answers:
    """Answers by article id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[str, str] = {}
        self._read_at = float("-inf")

    def of(self, article_id: str) -> str | None:
        """The answer of an article; None when there is no such article."""
        return self._texts.get(article_id)

    def refresh(self) -> None:
        """Read the folder if that was a while ago; blocking. A folder that cannot be read leaves what was known."""
        if monotonic() - self._read_at < FRESH_S:
            return
        self._read_at = monotonic()
        try:
            self._texts = {article.id: article.answer for article in load_articles(self._folder).articles}
        except (ArticleError, OSError) as exc:
            logger.warning("articles not read for briefs", extra={"cause": type(exc).__name__})
