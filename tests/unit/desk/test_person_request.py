"""Asking for a person, in any wording, and only mentioning one."""

import pytest

from bot.desk.person_request import asks_for_person

ASKING = """
I want to talk to a human
human
HUMAN!!!
REPRESENTATIVE
agent please
can i speak to someone about my order
Could you put me through to somebody?
get me your manager
I'd rather deal with a real person
talk to huamn
speak to a persn
why can't I just talk to a person?
is there a human I can talk to?
is there no one I can speak to
I don't want to talk to a bot
no more bots please
not a robot, a human
I do not want to talk to a bot, I want a human
pls connect me with an agent
transfer me
escalate this please
can someone call me back
I need a human being
let me speak with the owner
hello? anybody there?
ich möchte mit einem Mitarbeiter sprechen
quiero hablar con una persona
je veux parler à un conseiller
don't you have a human I can talk to
I do not understand I want a human
Would it be possible to have a chat with one of your team?
I'd like some human help
this isn't working, give me a live agent
can't I speak with a real human
get a manager
I need to speak to customer service
gimme a person
are there any real people here
can I talk with the vet
sick of this bot
I want to be connected to a person
I wish to be transferred to an operator
May I have a real person please
any chance of a human?
customer service
somebody real please
Could a person help me instead?
Could a human look at this?
can a real person answer me
Let me talk to a real human being please
How do I get hold of a human?
how do i reach a real person
who do I have to bribe to talk to a human
I asked for a human
still want a human
need someone to talk to
can i talk to anyone there
please have a manager contact me
i want someone to call me
Stop the bot. Person. Now.
please hand me over
real person plz
put a human on
I'd prefer to discuss this with a member of staff
I'd like to speak directly to the person in charge
je voudrais parler à quelqu'un
AGENT. AGENT. AGENT.
put me in touch with the box office please
turn the bot off and let me talk to your engineers
I'd feel better if I could explain this to somebody
"""
MENTIONING = """
I don't want to talk to a person
I'd rather not talk to anyone
no need to speak to a human, just tell me the price
is there a person called Anna working there?
who can I talk to about events
am I talking to a human?
are you a real person?
are you a bot?
How many people can I bring?
price per person
I'm not a robot
without having to talk to a person
please don't transfer me to an agent
do you need staff?
Is this a bot or a human
do you have the book How to Talk to Anyone
what number can I call
I had to talk to a person last time and it was lovely
they call me Bob
you're not a bot are you
can I speak to someone in the shop when I come in
my manager told me to order this
do I need an agent to book?
a table for two people
the agent on the phone yesterday was great
I want to speak to the manager, just kidding
which human rights books do you have
I don't need a human, thanks
never mind the human
nobody needs to call me
I love people watching in your cafe
do you have books on human anatomy
Thanks, no need to call me back
Is the manager's special still on?
the support beams book
will you contact me when it ships?
can I send a gift to someone
can I transfer my booking to another person
can I bring another person
I need a gift for someone
The courier never called me
how do I contact you
please call me tom
can I change my transfer to someone
find me a mechanic
you have been a big help
do i have to talk to someone to close an account
My friend wrote: "I want to speak to a manager" lol
"""


@pytest.mark.parametrize("text", ASKING.strip().splitlines())
def test_asking_for_a_person_is_heard(text: str) -> None:
    assert asks_for_person(text) == "yes"


@pytest.mark.parametrize("text", MENTIONING.strip().splitlines())
def test_mentioning_a_person_is_no_request(text: str) -> None:
    assert asks_for_person(text) != "yes"


@pytest.mark.parametrize(
    "text",
    ["I don't want to talk to a person", "am I talking to a human?", "I want to speak to the manager, just kidding"],
)
def test_a_clear_no_outweighs_the_classifier(text: str) -> None:
    assert asks_for_person(text) == "no"
