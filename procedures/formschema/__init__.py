"""Forms as data: one schema serves the citizen's pages, the counter's dense page, the API and the printed declaration."""
