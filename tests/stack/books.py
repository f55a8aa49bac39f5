"""What the database of a stack says, asked as its owner: the rows are the truth."""

import json
from dataclasses import dataclass
from typing import Any

from tests.stack.stack import Stack

# Each is a kind of row that must never be, and the rows of that kind.
NEVER = {
    "a run that ended neither way, or both": """
        SELECT id FROM runs WHERE (state = 'finished') <> (verdict IS NOT NULL)
        OR (state = 'our_failure') <> (failure IS NOT NULL)""",
    "a run that ended and is still leased": """
        SELECT id FROM runs WHERE (lease_token IS NOT NULL) <> (state = 'running')""",
    "a run that waits without a job, or a job without its run": """
        SELECT coalesce(runs.id, job.id::text) FROM runs
        FULL JOIN procrastinate_jobs AS job ON job.id = runs.job_id
        WHERE (job.id IS NOT NULL) <> coalesce(runs.state IN ('queued', 'running'), false)""",
    "a case that was judged twice in one delivery": """
        SELECT run_id FROM run_events WHERE type = 'case'
        GROUP BY run_id, sequence / 1000000, data #>> '{case,name}' HAVING count(*) > 1""",
    "a run of which a room was told two endings": """
        SELECT body ->> 'run' FROM events WHERE kind IN ('verdict', 'failure')
        GROUP BY body ->> 'run' HAVING count(*) > 1""",
    "a run of a room that ended without its room being told, or the other way round": """
        SELECT runs.id FROM runs WHERE room_id IS NOT NULL
        AND (state IN ('finished', 'our_failure')) <> EXISTS (
            SELECT 1 FROM events WHERE events.room_id = runs.room_id
            AND kind IN ('verdict', 'failure') AND body ->> 'run' = runs.id)""",
    "a gap in a log": """
        SELECT rooms.id FROM rooms WHERE head <> (
            SELECT count(*) FROM events WHERE events.room_id = rooms.id)""",
}


@dataclass(frozen=True)
class Books:
    stack: Stack

    def ask(self, question: str) -> list[dict[str, Any]]:
        """Rows, as JSON knows them."""
        whole = f"SELECT coalesce(json_agg(found), '[]') FROM ({question}) AS found"
        found: list[dict[str, Any]] = json.loads(self.tell(whole))
        return found

    def tell(self, statement: str) -> str:
        client = "psql --host=127.0.0.1 --username=torchroom --tuples-only --no-align -q"
        login = f'PGPASSWORD=$(cat /secrets/owner/password) {client} --command "$0"'
        return self.stack.exec("db", "sh", "-c", login, statement)

    def run(self, run_id: str) -> dict[str, Any]:
        [row] = self.ask(f"SELECT * FROM runs WHERE id = '{run_id}'")
        return row

    def check(self) -> None:
        """Nothing that must never be is there; nothing waits that somebody could be judging."""
        found = {what: rows for what, query in NEVER.items() if (rows := self.ask(query))}
        assert found == {}

    def check_all_ended(self) -> None:
        open_runs = "SELECT id, state FROM runs WHERE state IN ('queued', 'running')"
        assert self.ask(open_runs) == []
        self.check()
