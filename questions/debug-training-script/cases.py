"""One case for each planted mistake, and three that hold what was right to begin with.

Tolerances: over 60 seeds, float32 is within 1.4e-5 of float64 (largest in the step that follows
the loss, whose inputs are large on purpose), which is a twelfth of what is allowed there.
"""

from sandbox.author import case

FEATURES, CLASSES = 7, 3


def witness(rng):
    """A linear classifier to start from, far enough from right that its steps are large."""
    return {"weight": rng.normal(CLASSES, FEATURES), "bias": rng.normal(CLASSES)}


def batches(rng, *sizes):
    return [[rng.normal(n, FEATURES), rng.integers(n, high=CLASSES)] for n in sizes]


def guesses(start, readings):
    """What the linear classifier `start` takes each reading for."""
    return (readings @ start["weight"].T + start["bias"]).argmax(dim=1)


def one_class_batch(rng, start, n, right):
    """Guesses that are all right, or mostly wrong, of a single class.

    With one class in a batch, comparing every guess with every label gives the right share too:
    the case of the short batch is not to fail for the broadcast.
    """
    readings = rng.normal(n, FEATURES)
    counts = guesses(start, readings).bincount(minlength=CLASSES)
    label = counts.argmax() if right else counts.argmin()
    return [readings, label.repeat(n)]


def numbered(rng, rows):
    """Readings whose first column numbers the rows, out of order."""
    inputs = rng.normal(rows, FEATURES)
    inputs[:, 0] = rng.permutation(rows)
    return {"inputs": inputs, "labels": rng.integers(rows, high=CLASSES)}


@case("Everything learned is registered", criterion="module-usage")
def everything_learned_is_registered(rng):
    features, hidden, classes = rng.integer(5, 40), rng.integer(5, 40), rng.integer(2, 9)
    return {"scene": "registered", "features": features, "hidden": hidden, "classes": classes}


@case("A step follows the loss", criterion="gradient-understanding")
def a_step_follows_the_loss(rng):
    hidden = 11
    body = {"weight": rng.normal(hidden, FEATURES), "bias": rng.normal(hidden)}
    head = {"weight": rng.normal(CLASSES, hidden), "bias": rng.normal(CLASSES)}
    readings, labels = batches(rng, 13)[0]
    readings[:3] *= 8  # these three are confident and wrong: the gradient must not die there
    inner = (readings @ body["weight"].T + body["bias"]).relu()
    labels[:3] = (inner @ head["weight"].T + head["bias"])[:3].argmin(dim=1)
    return {"scene": "one step", "batch": [readings, labels], "linear": [body, head]}


@case("Labels stay with their inputs", criterion="debugging")
def labels_stay_with_their_inputs(rng):
    return {"scene": "pairs", "size": 8, **numbered(rng, 37)}


@case("Each step has its own gradient", visible=True, criterion="training-loop")
def each_step_has_its_own_gradient(rng):
    return {"scene": "steps", "batches": batches(rng, 9, 9, 4), **witness(rng)}


@case("The training loss is only a number", criterion="gradient-understanding")
def the_training_loss_is_only_a_number(rng):
    made = batches(rng, 6, 6, 6, 1)
    made[-1][0] *= 20  # far from the other losses, so that its weight in the mean shows
    return {"scene": "training loss", "batches": made, **witness(rng)}


@case("The schedule counts epochs", visible=True, criterion="training-loop")
def the_schedule_counts_epochs(rng):
    data = numbered(rng, rng.choice([15, 17, 20]))
    return {
        "scene": "learning rates",
        "size": 7,
        "epochs": 5,
        "step_size": 2,
        **data,
        **witness(rng),
    }


@case("Evaluation is in evaluation mode", criterion="module-usage")
def evaluation_is_in_evaluation_mode(rng):
    return {"scene": "evaluation mode", "batches": batches(rng, 5, 5), **witness(rng)}


@case("Accuracy is the share of right guesses", visible=True, criterion="shape-awareness")
def accuracy_is_the_share_of_right_guesses(rng):
    start = witness(rng)
    made = batches(rng, CLASSES, 23, 1)  # as long as there are classes: the wrong axis goes unseen
    for readings, labels in made:  # mostly right, which no comparison across samples can be
        labels[1:] = guesses(start, readings)[1:]
    return {"scene": "measures", "batches": made, **start}


@case("A short last batch weighs what it holds", criterion="training-loop")
def a_short_last_batch_weighs_what_it_holds(rng):
    start = witness(rng)
    made = [one_class_batch(rng, start, n, right=n == 1) for n in (16, 16, 1)]
    return {"scene": "measures", "batches": made, **start}


@case("Training after an evaluation trains again", criterion="module-usage")
def training_after_an_evaluation_trains_again(rng):
    readings = rng.normal(4, FEATURES)
    return {
        "scene": "back to training",
        "batches": batches(rng, 5),
        "readings": readings,
        **witness(rng),
    }


@case("Batches are shuffled, complete and repeatable", criterion="training-loop")
def batches_are_shuffled_complete_and_repeatable(rng):
    return {"scene": "orders", "size": 8, **numbered(rng, 37)}
