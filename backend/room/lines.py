"""What the scripted interviewer says in its own words; the rest is the question's folder's.

Every group holds several ways to say the same. Which one a room hears follows from the room, so
that a replay hears it again, and a group is gone through once: nothing is said twice. Places in
braces are filled in by `script`. Markdown.
"""

from collections.abc import Mapping

Lines = tuple[str, ...]

GREETING: Lines = (
    "Hello{name}, and welcome. This is “{title}”{time}.",
    "Good to have you here{name}. Today it is “{title}”{time}.",
    "Welcome{name}. I will take you through “{title}”{time}.",
)
TIME_IN_ALL = ", about {time} in all"
PLAN = "We will go through it like this: {stages}."
TIPS = "Some advice before we start:"
WHITEBOARD = (
    "Nothing is run here: think of it as a whiteboard. What you have written is judged once, when "
    "the stage ends."
)
RECORDED = (
    "So that you know: the room keeps a log of what is typed and run, and it marks larger pastes "
    "and when this page is out of sight. Those marks stand on the timeline and change no score."
)
BEGIN: Lines = (
    "When you are ready, go on to the next part.",
    "Take a breath, and go on when you like.",
    "Whenever it suits you, go on to the first task.",
)

TASK: Mapping[str, Lines] = {
    "code": (
        (
            "Here is your task: **{title}**. {summary} Before you type, tell me what goes in, what "
            "comes out, and in which shapes."
        ),
        (
            "Let us write some code: **{title}**. {summary} Say first how you would go about it, "
            "then start with the simplest thing that could be right."
        ),
        (
            "The task is **{title}**. {summary} Think aloud while you work; I am more interested "
            "in how you get there than in how fast."
        ),
    ),
    "debug": (
        (
            "Something is wrong in this program, perhaps more than one thing: **{title}**. "
            "{summary} Tell me what you suspect before you change it."
        ),
        (
            "This one is broken: **{title}**. {summary} Read it once from top to bottom, and say "
            "what you would check first."
        ),
    ),
    "optimise": (
        (
            "This time being right is not enough: **{title}**. {summary} Say first where you "
            "expect time and memory to go."
        ),
        (
            "Now for speed and memory: **{title}**. {summary} Make it right, then measure, then "
            "make it fast."
        ),
    ),
    "quiz": (
        "A few quick checks: **{title}**. Choose what is right, then submit them all together.",
        "Short questions now: **{title}**. Where more than one answer is right, it says so.",
    ),
    "predict": (
        (
            "Now without running anything: **{title}**. Read the snippet, say what each line "
            "gives, and submit your predictions together."
        ),
        (
            "**{title}**: tell me what happens before it happens. Take the shapes first, they "
            "often settle the rest."
        ),
    ),
    "concept": (
        (
            "Some questions to talk about: **{title}**. Answer in your own words, as you would to "
            "a colleague, and say when an answer is complete."
        ),
        "**{title}**: a few sentences each are plenty. Say when you are done with one.",
    ),
}
TIME_FOR_IT = "You have {time}."
TIME_FOR_ALL = "You have {time} for all of this part."
NO_CLOCK = "There is no clock, so take the time you need."
HINTS_COST = (
    "There are {count} hints if you want them, from a nudge to nearly the answer; each takes "
    "{percent}% off what this question counts."
)
HINTS_FREE = "There are {count} hints if you want them, from a nudge to nearly the answer."

HINT_OFFER_COST: Lines = (
    (
        "Of course. There are {left} hints left for this question, and each takes {percent}% off "
        "what it counts. Press Hint when you want the next one, or ask me once more."
    ),
    (
        "Gladly. It costs {percent}% of what this question counts, and {left} are left. Press "
        "Hint, or just ask again."
    ),
)
HINT_OFFER_FREE: Lines = (
    "Of course: {left} hints are left for this question. Press Hint, or ask me once more.",
    "Gladly; {left} are left here, and they cost nothing. Press Hint, or just ask again.",
)
HINT_INTRODUCTION: Mapping[int, str] = {
    1: "A first nudge: **{title}**",
    2: "A step further: **{title}**",
    3: "Nearly the answer: **{title}**",
}
NO_HINT_LEFT: Lines = (
    "You have had every hint of this question. Tell me what you have tried, and leave out nothing.",
    "There are no more hints here. Say aloud what you know for certain; that narrows it down.",
)
NO_HINTS_HERE: Lines = (
    "In this interview there are no hints. Tell me where you are, and what you would try next.",
    "I cannot give hints in this one. What do you know for certain so far?",
)

ONLY_A_SCRIPT: Lines = (
    (
        "I am a script: I put questions and give hints, but I cannot answer that. Say what you "
        "assume, and go on with it; a spoken assumption is a good answer in itself."
    ),
    (
        "That I cannot answer, for I am only a script. Read the task once more, decide what it "
        "should mean, say so, and build on it."
    ),
)

SILENCE: Lines = (
    "What are you thinking about at the moment?",
    "I would like to follow you: what is the next small step?",
    "If you are stuck, say where. Half a thought is fine.",
    "What would you like to know for certain now, and how could you find out?",
    "Would a smaller example help? Two rows and three columns often show it.",
    "How far is what you have from what you want? Name one difference.",
)

# Three failures of the same case in a row; by what was wrong.
SAME_FAILURE: Mapping[str, Lines] = {
    "shape": (
        (
            "“{case}” has failed three times over its shape. Write down the shape after each line, "
            "and see where it parts from what you expect."
        ),
        (
            "Still the shape in “{case}”. Which dimension should be gone, and which should have "
            "stayed?"
        ),
    ),
    "dtype": (
        (
            "“{case}” keeps coming back with another dtype. Where does a value change its type, "
            "and who decided that?"
        ),
    ),
    "value": (
        (
            "“{case}” has failed three times with other numbers. Take the smallest input you can "
            "work out by hand, and compare step by step."
        ),
        (
            "The values of “{case}” are still off. Are they off by a factor, by a constant, or in "
            "one place only? Each says something else."
        ),
    ),
    "gradient": (
        (
            "In “{case}” the result may be right while the gradient is not. Follow one number back "
            "from the loss: where is its path cut or counted twice?"
        ),
    ),
    "input_changed": (
        "“{case}” finds that its input has changed. Which line writes where it should only read?",
    ),
    "structure": (
        (
            "What “{case}” gets back is built in another way than asked. Read the last part of the "
            "task again: what exactly is returned?"
        ),
    ),
    "error": (
        (
            "“{case}” has ended in an error three times. Read the last line of the traceback "
            "aloud: what did it get, and what did it want?"
        ),
        "The same error again in “{case}”. What is true just before that line?",
    ),
    "timed_out": (
        "“{case}” runs out of time again. Which loop could be one operation on the whole tensor?",
    ),
    "out_of_memory": (
        "“{case}” needs too much memory. Which tensor is largest, and who needs it?",
    ),
    "refused": (
        (
            "It is refused for the same reason three times now: “{case}”. Which part of the task "
            "forbids it, and what could you use instead?"
        ),
    ),
    "": (
        (
            "“{case}” has failed three times in a row. Before the next try: what do you expect to "
            "be different this time?"
        ),
        "“{case}” again. Leave the code for a moment and tell me what this case asks for.",
    ),
}

TIME_LEFT: Lines = (
    (
        "About {time} left for this part. What you have then is what is judged, so let it be "
        "something that runs."
    ),
    "{time} left here. If something is half changed, bring it to a state that you would hand in.",
    "We have {time} left in this part. What would you still like to get done in it?",
)

PASSED: Lines = (
    "That passes every case. Is there something you would still change? If not, go on.",
    "All of it passes, well done. Look it over once more, or go on when you like.",
    "Every case passes. Say in a sentence why it is right, and we go on.",
)
JUDGED: Lines = (
    (
        "{title}: {passed} of {total} are right. The reasons stand beside each; ask yourself why, "
        "where you were wrong."
    ),
    "That makes {passed} of {total} for {title}. Have a look at the explanations before you go on.",
)

REACTION: Lines = (
    "Thank you, I can follow that.",
    "All right, that is clear.",
    "Good, noted.",
    "I see what you mean.",
    "Thanks, that helps me to see how you think.",
    "Fine. Let us leave it there.",
    "Understood.",
    "Thank you. That gives me a picture.",
    "Good. I have what I wanted to know there.",
    "That will do for this one, thank you.",
    "Fair enough.",
    "I have noted that, thanks.",
    "Right. Let us see what is next.",
    "Thanks, I know now where you would begin.",
)
NOTHING_SAID: Lines = (
    "That is all right; we leave this one.",
    "No answer is an answer too. Let us go on.",
    "Fine, we pass over this one.",
    "Good, on to something else, then.",
    "Not every question has to stick. The next one.",
)
FURTHER: Lines = (
    "Let me ask one thing more about that. {further}",
    "One step further: {further}",
    "I would like to hear a little more there. {further}",
    "And beyond that: {further}",
)
FURTHER_OF_OUR_OWN: Lines = (
    "What else belongs to it? Think of what could go wrong, and of what it costs.",
    "Is there another side to it that a colleague would bring up?",
    "If you had to defend that in a review, what would you add?",
)

MORE = "Say a little more about that."

CLOSING: Lines = (
    (
        "That was it{name}: thank you for your time and for thinking aloud. Is there anything you "
        "would like to add or ask? Put it in the talk."
    ),
    (
        "We are at the end{name}. Thank you, it was a pleasure to follow you. If something is left "
        "to say, now is a good moment."
    ),
    (
        "Thank you{name}, that is all from me. Anything that you would do differently with an hour "
        "more? Leave me a line."
    ),
)
