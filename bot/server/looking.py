"""Who of staff looks at which conversation: told to colleagues as it changes, kept nowhere.

Nobody asks the server for it. A console says every 15 s what it looks at and forgets what it has not heard of for a
while; whoever begins to look is answered by those who look already. So nothing has to be right after a crash.
"""

from bot.desk.events import Author
from bot.server.feed import Feed
from bot.server.frames import Looking


class Gaze:
    """What one staff socket looks at.

    Args:
        feed: The sockets here.
        agent: Who looks.
    """

    def __init__(self, feed: Feed, agent: Author) -> None:
        self._feed = feed
        self._agent = agent
        self._at: str | None = None

    def take(self, frame: Looking) -> None:
        """The console says what it looks at; looking elsewhere ends what was before."""
        if self._at != frame.conversation_id:
            self.end()
        self._at = None if frame.what == "gone" else frame.conversation_id
        self._feed.looking(frame.conversation_id, self._agent, frame.what)

    def end(self) -> None:
        """The console looks at nothing any more, or its socket has ended."""
        if self._at is not None:
            self._feed.looking(self._at, self._agent, "gone")
            self._at = None
