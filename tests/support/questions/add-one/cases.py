"""Four cases that a candidate's code can tell apart by the number of values: 1, 2, 3, 4.

The second is for attacks that are to run out of time, the third for those that have to get done
on a busy machine too.
"""

from sandbox.author import case


@case("One value", visible=True, criterion="shape-awareness")
def first(rng):
    return {"x": rng.normal(1)}


@case("Two values", visible=True, criterion="shape-awareness")
def second(rng):
    return {"x": rng.normal(2)}


@case("Three values", visible=True, criterion="shape-awareness", seconds=20)
def third(rng):
    return {"x": rng.normal(3)}


@case("Four values", criterion="shape-awareness")
def fourth(rng):
    return {"x": rng.normal(4)}
