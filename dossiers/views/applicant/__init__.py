"""The citizen's side: filing online, one's own dossiers, following one with its code and secret."""
