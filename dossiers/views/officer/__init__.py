"""The pages of the deciding agency: its queue, the workbench, each step on a page of its own."""
