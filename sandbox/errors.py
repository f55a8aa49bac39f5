"""What can go wrong on our side. None of these is ever the candidate's failure."""


class OurFailure(Exception):
    """The sandbox or the judge failed: retried by `judging`, then reported as ours."""


class SlotGone(OurFailure):
    """The slot ended, broke its protocol or did not answer in time. It must be destroyed."""


class SlotUnavailable(OurFailure):
    """A slot of this kind cannot be had on this host. The message says what to install."""


class JudgeGone(OurFailure):
    """The judge ended or did not answer in time. It must be started anew."""


class BadQuestion(OurFailure):
    """The question itself is wrong: its cases, probe or reference raised. Names the file."""
