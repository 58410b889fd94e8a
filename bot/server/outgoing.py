"""Puts the way out together: the outbox, its couriers and what they go through."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from bot.desk.addresses import read_private_target
from bot.server.bus import EXCHANGE, Bus
from bot.server.couriers import Couriers
from bot.server.egress import Egress
from bot.server.mail import Mailer
from bot.server.outbox import Outbox
from bot.server.parts import Parts


def make_outbox(parts: Parts) -> Outbox:
    """The outbox of a server, written to by its recorder."""
    settings = parts.settings
    couriers = Couriers(
        egress=Egress(allowed=[read_private_target(each) for each in settings.private_targets]),
        mailer=Mailer(settings.mail_server),
        master=settings.engine_secret.get_secret_value(),
        business=parts.profile.name,
        bus=Bus(settings.amqp_url.get_secret_value() if settings.amqp_url else None),
    )
    made = Outbox(
        database=parts.database,
        couriers=couriers,
        now=parts.now,
        is_open=lambda now: parts.profile.availability(now, 0).open,
        address=settings.address,
        announce=parts.feed.announce,
        alone=settings.database_url is None,  # the file's lock keeps a second server away
        speed=settings.outbox_speed,
        exchange=EXCHANGE if settings.amqp_url else None,
    )
    parts.recorder.in_same_commit = made.write
    parts.recorder.on_leaving = made.wake
    return made


def outbox_of(connection: HTTPConnection) -> Outbox:
    """The outbox of the server that handles this request."""
    found: Outbox = connection.app.state.outbox
    return found


Leaving = Annotated[Outbox, Depends(outbox_of)]
