"""Kill processes at random under load, spoil a third of all answers, and count what was lost, doubled or out of order."""
