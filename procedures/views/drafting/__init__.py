"""A new procedure, and the parts of a draft that have pages of their own: its results and its form."""
