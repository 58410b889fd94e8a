"""What can go wrong in the knowledge base.

    KnowledgeBaseError
    ├── ArticleError                the files: what the owner wrote
    │   ├── ArticleFolderMissing    there is no folder to read
    │   ├── FrontMatterBroken       not `---`, YAML, `---`, answer
    │   ├── ArticleFieldInvalid     a field is missing, unknown or of the wrong kind
    │   └── ArticleTooLarge         over the size limits
    ├── EncoderUnavailable          the model files are missing, damaged or do not run
    └── RankerError
        ├── NoExamples              nothing to learn from
        └── RankerUnreadable        the saved ranker is missing, damaged or of another version

Every class has a stable `code`; the message says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, kw_only=True)
class ArticleProblem:
    """One thing the owner should mend: where it stands and what to do.

    A `warning` leaves the article usable, an `error` does not. `line` counts from 1.
    """

    file: str
    line: int
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class KnowledgeBaseError(Exception):
    """The knowledge base could not do what was asked."""

    code: ClassVar[str] = "knowledge_base_error"


class ArticleError(KnowledgeBaseError):
    """An article cannot be used.

    Attributes:
        problems: Everything found wrong, in the order of the file; at least one.
    """

    code = "article_invalid"

    def __init__(self, *problems: ArticleProblem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class ArticleFolderMissing(ArticleError):
    """The folder of the articles does not exist."""

    code = "article_folder_missing"


class FrontMatterBroken(ArticleError):
    """The file does not start with YAML between two lines of `---`."""


class ArticleFieldInvalid(ArticleError):
    """A field of the front matter is missing, unknown or of the wrong kind."""


class ArticleTooLarge(ArticleError):
    """The file or its answer is over the size limit."""


class EncoderUnavailable(KnowledgeBaseError):
    """The sentence encoder cannot run."""

    code = "encoder_unavailable"


class RankerError(KnowledgeBaseError):
    """The ranker cannot be trained or loaded."""

    code = "ranker_error"


class NoExamples(RankerError):
    """There is nothing to learn from."""

    code = "no_examples"


class RankerUnreadable(RankerError):
    """A saved ranker cannot be read."""

    code = "ranker_unreadable"
