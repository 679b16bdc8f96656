"""Entering a merger of units once: list, form, preview, approval by a second person, cancellation."""
