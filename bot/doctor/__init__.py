"""`bot doctor`: what is missing or misconfigured, and how to mend it."""

from bot.doctor.examination import examine

__all__ = ["examine"]
