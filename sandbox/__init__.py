"""Runs code that nobody trusts and judges what it computes. Imports nothing of `backend`."""
