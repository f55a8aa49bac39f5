"""The Torchroom service: bank, API, queue and command line. Nothing here imports torch."""

__version__ = "0.1.0"
