"""Schemathesis against the OpenAPI document, as nobody, customer, agent and owner.

Whatever is sent: no server error, an answer that the document describes, and every refusal a problem document.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from bot.server.problems import STATUS
from tests.faults.conftest import Campaign
from tests.faults.fuzz_desk import FuzzDesk, fuzz_desk

HOME = {
    "nobody": ("/api/conversations", "/api/session", "/api/setup", "/webhooks", "/healthz", "/readyz"),
    "customer": ("/api/conversations", "/api/widget"),
    "agent": ("/api/agent", "/api/session"),
    "owner": ("/api/owner",),
}
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
CODES = {error.code for error in STATUS} | {"method_not_allowed", "internal_error"}  # type: ignore[attr-defined]
UNREADY = "/readyz"  # 503 is its answer here: the scripted desk has no actions
ENDS_SESSIONS = {("delete", "/api/session"), ("post", "/api/owner/staff/{staff_id}/role")}
ENDS_SESSIONS |= {("post", "/api/owner/staff/{staff_id}/disable"), ("post", "/api/session/password")}


class Caller:
    """Somebody in a role, with ids of things that exist."""

    def __init__(self, desk: FuzzDesk, role: str, rng: random.Random) -> None:
        self.desk, self.role, self.rng = desk, role, rng
        self._accounts = 0
        self.headers: dict[str, str] = {}
        with httpx.Client(base_url=desk.url) as http:
            mine = http.post("/api/conversations", json={}).json()
            others = http.post("/api/conversations", json={}).json()
            token = {"Authorization": f"Bearer {mine['token']}"}
            http.post(
                f"/api/conversations/{mine['conversation_id']}/handoff", json={"client_message_id": "1"}, headers=token
            )
        self._known = {"conversation_id": [mine["conversation_id"], others["conversation_id"]]}
        self._token = token
        self.sign_in()
        self._own_things()

    def sign_in(self) -> None:
        """Headers that work, also after the last ones were made worthless."""
        self._accounts += 1
        if self.role == "customer":
            self.headers = self._token
        elif self.role in ("agent", "owner"):
            self.headers = self.desk.sign_in(self.role, f"{self.role}{self._accounts}")[1]  # type: ignore[arg-type]

    def _own_things(self) -> None:
        """One of everything an owner can make."""
        _, owner = self.desk.sign_in("owner", "first")
        article = {"id": "opening-hours", "question": "When do you open?", "answer": "At nine."}
        endpoint = {"kind": "webhook", "url": "https://receiver.example/hook"}
        with httpx.Client(base_url=self.desk.url, headers=owner) as http:
            http.post("/api/owner/articles", json=article).raise_for_status()
            made = http.post("/api/owner/endpoints", json=endpoint).raise_for_status().json()
            published = http.post("/api/owner/publish").raise_for_status().json()
        helper, _ = self.desk.sign_in("agent", "helper")
        self._known |= {
            "article_id": ["opening-hours"],
            "endpoint_id": [made["endpoint"]["id"]],
            "publication_id": [published["publication"]["id"]],
            "staff_id": [helper],
        }

    def aim(self, case: Case) -> None:
        """Half of the time at something that exists."""
        for name in case.path_parameters or {}:
            if name in self._known and self.rng.random() < 0.5:
                case.path_parameters[name] = self.rng.choice(self._known[name])


def fuzz(operation: APIOperation[Any, Any, Any], caller: Caller, *, examples: int, campaign: Campaign) -> list[str]:
    """Send so many cases, some of which do not fit the schema on purpose.

    Returns:
        What was found. It is kept rather than raised: the server has a state, so a case sent again may go well.
    """
    found: list[str] = []
    strategies: dict[bool, st.SearchStrategy[Case]] = {}
    where = (operation.method.lower(), operation.path)

    @seed(campaign.seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def send(data: st.DataObject) -> None:
        broken = examples > 1 and data.draw(st.integers(0, 3), label="broken") == 3
        if broken not in strategies:  # making one costs more than ten requests
            strategies[broken] = operation.as_strategy(GenerationMode.NEGATIVE if broken else GenerationMode.POSITIVE)
        case = data.draw(strategies[broken], label="case")
        caller.aim(case)
        if where in ENDS_SESSIONS:
            caller.sign_in()
        answer = case.call(base_url=caller.desk.url, headers=caller.headers)
        checks = CHECKS[1:] if operation.path == UNREADY else CHECKS
        try:
            case.validate_response(answer, checks=[*checks, *([negative_data_rejection] if broken else [])])
            check_refusal(answer)
        except (AssertionError, FailureGroup) as exc:
            found.append(f"as {caller.role}: {exc}")

    send()
    return found


def check_refusal(answer: Any) -> None:
    """Every refusal says what, with a code that the protocol knows, and nothing of our insides."""
    text = answer.text
    assert "Traceback" not in text
    assert "sqlalchemy" not in text.lower()
    if answer.status_code >= 400 and "problems" not in text:
        assert answer.headers["content-type"] == ["application/problem+json"], text
        refusal = answer.json()
        assert refusal["status"] == answer.status_code
        assert refusal["code"] in CODES, text
        assert refusal["detail"]


def without_security(described: dict[str, Any]) -> dict[str, Any]:
    """The document for a caller who brings credentials along: Schemathesis would spoil them."""
    operations = (operation for methods in described["paths"].values() for operation in methods.values())
    for operation in operations:
        operation.pop("security", None)
    return described


@pytest.mark.timeout(7200)
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")  # the server draws its jitter beside us
@pytest.mark.parametrize("role", HOME)
def test_every_answer_is_one_the_document_describes(role: str, campaign: Campaign, tmp_path: Path) -> None:
    at_home = max(2, campaign.runs // (12 if role == "nobody" else 6))
    with fuzz_desk(tmp_path) as desk:
        caller = Caller(desk, role, campaign.rng(f"http {role}"))
        document = schemathesis.openapi.from_dict(without_security(desk.app.openapi()))
        found = []
        for result in document.get_all_operations():
            operation = result.ok()
            examples = at_home if operation.path.startswith(HOME[role]) else max(1, at_home // 10)
            found += fuzz(operation, caller, examples=examples, campaign=campaign)

    assert found == []
    assert desk.complaints.found == []
