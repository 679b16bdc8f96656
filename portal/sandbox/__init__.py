"""The simulated national services: other organisations, played by another process with its own database."""
