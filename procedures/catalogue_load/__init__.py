"""Reading the committed catalogue (`data/procedures.yaml` and its three companions) into plain values. No database."""
