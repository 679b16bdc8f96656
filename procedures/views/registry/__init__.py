"""The pages on which the registry of competence is read, drafted, tried and published."""
