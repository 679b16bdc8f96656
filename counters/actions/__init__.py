"""What a clerk does in one commit."""
