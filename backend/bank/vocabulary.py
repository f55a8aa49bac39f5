"""The words that question.toml may use, and how the page calls them."""

KINDS = {
    "code": "Implement",
    "debug": "Debug",
    "optimise": "Optimise",
    "quiz": "Quiz",
    "predict": "Predict",
    "concept": "Explain",
}
CODE_KINDS = ("code", "debug", "optimise")
"""Answered by a program, judged by cases."""
ANSWER_KINDS = ("quiz", "predict")
"""Answered by choices or short texts, judged item by item."""
LESSONS = {
    "tensor-operations": "Tensor operations",
    "custom-layers": "Custom layers",
    "training-loops": "Training loops",
    "loss-functions": "Loss functions",
    "data": "Data",
    "debugging": "Debugging",
    "patterns": "Patterns",
    "model-acceleration": "Model acceleration",
    "fundamentals": "Fundamentals",
}
LEVELS = {"easy": "Easy", "medium": "Medium", "hard": "Hard"}
CRITERIA = {
    "module-usage": "Module usage",
    "shape-awareness": "Shape awareness",
    "gradient-understanding": "Gradient understanding",
    "training-loop": "Training loop",
    "debugging": "Debugging",
    "engineering-judgement": "Engineering judgement",
    "communication": "Communication",
}
FORMS = {
    "shape": "a shape, such as (3, 4)",
    "dtype": "a dtype, such as float32",
    "value": "a value, such as 2.5, True or [1, 2]",
    "error": "the name of the exception, such as KeyError, or: no error",
    "text": "a text",
}
"""What an answer to a prediction looks like."""
DEVICES = ("cpu", "cuda", "meta")
DTYPES = ("float16", "bfloat16", "float32", "float64")
HINTS = 3
