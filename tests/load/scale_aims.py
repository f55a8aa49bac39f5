"""What `make bench-scale` is held against, and how it says what it found."""

from typing import Any

AIM_LINEAR, AIM_TIMES, AIM_ADDED_MS = 0.90, 2.0, 15.0


def aims(
    scaling: list[dict[str, Any]], latency: list[dict[str, Any]], added: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    return [
        *(
            _aim(f"{one['executors']} executors, of linear", one["of_linear"], AIM_LINEAR, True)
            for one in scaling
            if one["executors"] > 1
        ),
        *(
            _aim(
                f"Run while Submits flood, executors: {one['executors']}, p95 in times of idle",
                one["p95_times_idle"],
                AIM_TIMES,
            )
            for one in latency
        ),
        *(
            _aim(f"added to a verdict ({one['way']}), ms at p50", one["added_ms"], AIM_ADDED_MS)
            for one in added
            if one["way"] != "embedded"
        ),
    ]


def _aim(what: str, measured: float, aim: float, least: bool = False) -> dict[str, Any]:
    reached = measured >= aim if least else measured <= aim
    return {
        "what": what,
        "measured": measured,
        "aim": f"at {'least' if least else 'most'} {aim:g}",
        "reached": reached,
    }


def show(result: dict[str, Any]) -> None:
    """The result as sentences, one for each thing that was measured."""
    about, job, runs = result["machine"], result["job_ms"], result["runs"]
    postgres_is = ", ".join(f"{name} {value}" for name, value in about["postgres"].items())
    print(
        f"{about['cores']} cores, load {about['load_average']}; Postgres: {postgres_is}; "
        f"a commit takes {about['commit_ms']} ms."
    )
    for one in result["scaling"]:
        print(
            f"{one['executors']} executors with 1 slot, {runs} Submits of {job:g} ms: "
            f"{one['a_second']} a second {one['rounds_a_second']}, "
            f"{one['of_linear']:.1%} of linear, {one['of_ideal']:.1%} of no engine at all; "
            f"besides its job a run takes a slot {one['engine_ms']} ms; CPU of a run: Postgres "
            f"{one['postgres_cpu_ms']} ms, web {one['web_cpu_ms']} ms, executor "
            f"{one['executors_cpu_ms']} ms."
        )
    for one in result["run_latency"]:
        idle, flooded = one["idle"], one["flooded"]
        print(
            f"A Run of {job:g} ms, {one['executors']} executors with 2 slots: idle p50 "
            f"{idle['p50_ms']} ms, p95 {idle['p95_ms']} ms; while Submits flood (never less than "
            f"{one['least_waiting']} wait) p50 {flooded['p50_ms']} ms, p95 {flooded['p95_ms']} ms "
            f"({one['p95_times_idle']} times); by stages {idle['stages_p50_ms']}, "
            f"{flooded['stages_p50_ms']}."
        )
    for one in result["added"]:
        print(
            f"A Submit of 0 ms, {one['way']}: p50 {one['p50_ms']} ms, p95 {one['p95_ms']} ms, "
            f"{one['added_ms']:+} ms; by stages {one['stages_p50_ms']}."
        )
    for aim in result["aims"]:
        is_reached = "reached" if aim["reached"] else "missed"
        print(f"{is_reached:8}{aim['what']}: {aim['measured']} ({aim['aim']})")
