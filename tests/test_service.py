"""A service with eight clients at once: a real server on this machine, a real FastAPI app, every answer right."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import Annotated, Any, Final

import httpx
import msgspec
import pytest
import uvicorn
from fastapi import Body, Depends, FastAPI, HTTPException, Response

from partyrules import (
    Adoption,
    FactError,
    Ledger,
    QueryError,
    adopt,
    audit,
    decide,
    decode_fact,
    encode,
    open_ledger,
)
from tests.commands import FACTS

CLIENTS: Final = 8
ROUNDS: Final = 3
AS_OF: Final = "2018-07-08"
STUDY: Final = "lzwl2017:8.1.3"


def service(ledger_of: Callable[[], Iterator[Ledger]], adoption: Adoption) -> FastAPI:
    """Return an app that records, audits and decides; each request gets its ledger from the dependency."""
    app = FastAPI()
    Asked = Annotated[Ledger, Depends(ledger_of)]  # noqa: N806 - a type

    # Plain functions, which FastAPI runs in threads: the dependency in one, the answer in another.
    @app.post("/facts")
    def record(ledger: Asked, lines: Annotated[bytes, Body(media_type="application/jsonl")]) -> dict[str, int]:
        facts = [decode_fact(line) for line in lines.splitlines()]
        try:
            done = ledger.append(facts, recorded_at=datetime.now(UTC))
        except FactError as error:
            raise HTTPException(422, [str(problem) for problem in error.problems]) from None
        return {"appended": done.appended, "already": done.already}

    @app.get("/findings")
    def findings(ledger: Asked, subject: str, rule: str, as_of: date) -> Response:
        try:
            found = audit(ledger, adoption, as_of=as_of).walk(rule=rule, subject=subject)
            return Response(b"\n".join(map(encode, found)), media_type="application/jsonl")
        except QueryError as error:
            raise HTTPException(404, str(error)) from None

    @app.get("/decision")
    def decision(ledger: Asked, person: str, to: str, on: date) -> Response:
        try:
            return Response(
                encode(decide(ledger, adoption, person=person, to=to, on=on)), media_type="application/json"
            )
        except QueryError as error:
            raise HTTPException(404, str(error)) from None

    return app


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Yield the address at which the app answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


class Client:
    """One who records about persons of their own, and knows what must be answered about these."""

    def __init__(self, address: str, number: int) -> None:
        self.http = httpx.Client(base_url=address, timeout=60, trust_env=False)
        self.number = number

    def work(self) -> int:
        """Record and ask, round after round, and return how many facts were recorded."""
        with self.http:
            return sum(self.round(f"{self.number}-{turn}") for turn in range(ROUNDS))

    def round(self, name: str) -> int:
        """Record about one who studies and one who is to pass, and see that each fact changes what it should."""
        reader, applicant = f"读者{name}", f"申请人{name}"
        day = {"on": "2017-01-01"}
        appended = self.record(
            {"fact": "person_registered", "id": f"r{name}", "on": "2016-09-01", "person": reader},
            {"fact": "stage_entered", "id": f"s{name}", **day, "person": reader, "stage": "full_member"},
            {"fact": "membership_started", "id": f"m{name}", **day, "person": reader, "unit": "支部甲"},
            {"fact": "stage_entered", "id": f"d{name}", **day, "person": applicant, "stage": "development_target"},
        )
        assert self.study(reader) == [("breached", [])]
        outcome, vetoes = self.decision(applicant)
        assert (outcome, vetoes) == ("blocked", [])
        heard = {"fact": "activity_held", "id": f"a{name}", "on": "2018-03-10", "activity": "study_report"}
        appended += self.record({**heard, "unit": "支部甲", "attended": [reader]})
        assert self.study(reader) == [("satisfied", [f"a{name}"])]
        opposed = {"fact": "opinion_given", "id": f"o{name}", "on": "2018-03-12", "person": applicant}
        appended += self.record({**opposed, "step": "probationary_member", "by": "指导部", "verdict": "oppose"})
        outcome, vetoes = self.decision(applicant)
        assert outcome == "vetoed"
        assert [evidence for _, evidence in vetoes] == [[f"o{name}"]]
        # What is there already changes nothing, and what contradicts it is refused.
        assert self.record({**heard, "unit": "支部甲", "attended": [reader]}) == 0
        refused = self.http.post("/facts", content=msgspec.json.encode({**heard, "unit": "别的支部"}))
        assert refused.status_code == 422
        return appended

    def record(self, *facts: dict[str, Any]) -> int:
        """Record facts and return how many were new."""
        answered = self.http.post("/facts", content=b"\n".join(map(msgspec.json.encode, facts)))
        assert answered.status_code == 200, answered.text
        told: dict[str, int] = answered.json()
        assert told["appended"] + told["already"] == len(facts)
        return told["appended"]

    def study(self, person: str) -> list[tuple[str, list[str]]]:
        """Return status and evidence of what is found about a person's study report."""
        answered = self.http.get("/findings", params={"subject": person, "rule": STUDY, "as_of": AS_OF})
        assert answered.status_code == 200, answered.text
        found = [msgspec.json.decode(line) for line in answered.content.splitlines()]
        return [(each["status"], each["evidence"]) for each in found]

    def decision(self, person: str) -> tuple[str, list[tuple[str, list[str]]]]:
        """Return the outcome of a person's next step, and each veto with its evidence."""
        params = {"person": person, "to": "probationary_member", "on": "2018-04-01"}
        answered = self.http.get("/decision", params=params)
        assert answered.status_code == 200, answered.text
        found = answered.json()
        assert found["person"] == person
        return found["outcome"], [(each["rule"], each["evidence"]) for each in found["vetoes"]]


@pytest.mark.parametrize("shared", [False, True], ids=["a ledger for each request", "one ledger for all"])
def test_a_service_with_eight_clients_holds(tmp_path: Path, shared: bool) -> None:  # noqa: FBT001 - a parameter
    """Eight clients record, audit and decide at once: no answer fails, and each is what its own facts make it."""
    place = tmp_path / "institution.db"
    adoption = adopt(["lzwl2017", "lzcu2012"])
    with ExitStack() as whole:
        kept = whole.enter_context(open_ledger(place))
        kept.append([decode_fact(msgspec.json.encode(row)) for row in FACTS], recorded_at=datetime.now(UTC))

        def ledger_of() -> Iterator[Ledger]:
            if shared:
                yield kept
            else:
                with open_ledger(place) as opened:
                    yield opened

        address = whole.enter_context(served(service(ledger_of, adoption)))
        with ThreadPoolExecutor(CLIENTS) as clients:
            done = clients.map(lambda number: Client(address, number).work(), range(CLIENTS))
            assert list(done) == [6 * ROUNDS] * CLIENTS
        found = kept.verify()
        assert (found.ok, found.checked) == (True, len(FACTS) + CLIENTS * ROUNDS * 6)
