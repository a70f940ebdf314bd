"""The serving release as the gaps inbox asks it, in turn with customers, who never wait for long."""

from __future__ import annotations

from bot.faq.encoder import Vectors
from bot.faq.gaps import Lookup
from bot.faq.survey import ReleaseSurvey
from bot.faq.understanding import Understanding
from bot.published import PublishedFaq


class PublishedSurvey:
    """See `bot.learning.inbox.Survey`."""

    def __init__(self, published: PublishedFaq) -> None:
        self._published = published
        self._survey: ReleaseSurvey | None = None

    @property
    def release(self) -> str:
        """Name of the release that serves."""
        return self._published.release

    async def look_up(self, text: str) -> Lookup:
        """What the release makes of a question."""
        return await self._published.work(lambda release: self._of(release).look_up(text))

    async def background(self) -> Vectors:
        """Vectors of the release's 标准问."""
        return await self._published.work(lambda release: self._of(release).background)

    def _of(self, release: Understanding) -> ReleaseSurvey:
        # Runs on the one thread that searches.
        if self._survey is None or self._survey.release != release.responder.name:
            self._survey = ReleaseSurvey.of(release)
        return self._survey
