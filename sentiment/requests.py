"""Recognises bare requests: "refund", "cancel my order", "stop".

Public tweets and comments, from which the transformer learned, hold such words mostly where somebody is angry about
them. A desk reads them all day as what they are. Only messages made of nothing but these words are meant; with any
other word ("no refund", "refund now or else"), and for capitals, marks and emoji, the models decide.
"""

from __future__ import annotations

import re

import numpy as np

from .transformer import TransformerReading

_MAX_WORDS = 3
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)?")
_REQUESTS = frozenset(
    """account accounts address agent amend appointment book booking bookings bye callback cancel cancellation change
    chat claim contact delivery details discount done email exchange exit faq form goodbye gift help hours human hotline
    info invoice invoices later login logout manager membership menu number opening operator options order orders parcel
    password pause payment payments person phone pickup plan policy price prices pricing property quit rebook receipt
    reception refund refunds register renew reorder reschedule reservation reset restart return returns sales schedule
    shipping signup size sizes status stock stop subscription support ticket tickets times track tracking transfer
    unsubscribe update upgrade voucher vouchers wait warranty""".split()
)
_GLUE = frozenset(
    "a about an and again code end for get i it label live me my need new of on one page pls please real speak talk "
    "the this to want where with your".split()
)
_PHRASES = frozenset(
    (
        *("lost property", "lost and found", "complaints form", "complaints department", "nothing else"),
        *("where is my order", "where's my order", "wheres my order", "where is my parcel"),
    )
)
# As the transformer reads "order status": sure that nothing is felt.
REQUEST = TransformerReading(logits=np.array([-1.3, 3.0, -1.3]), frustration=-4.0, tokens=())


def is_bare_request(text: str) -> bool:
    """Whether a message is nothing but a word or two of request.

    Args:
        text: A message after `sentiment.text.window`.
    """
    if any(char in text for char in "@#/"):
        return False
    words = [word.lower() for word in _WORD.findall(text)]
    if " ".join(words) in _PHRASES:
        return True
    known = all(word in _REQUESTS or word in _GLUE for word in words)
    return 0 < len(words) <= _MAX_WORDS and known and any(word in _REQUESTS for word in words)
