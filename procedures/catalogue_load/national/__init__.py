"""The national catalogue's records, read into structured values. Pure: no database, no clock, no Django.

A record arrives with its tables flattened into text (cells glued together without a mark between them). Every module here
undoes one sort of that; whatever is changed on the way is a `Repair`, whatever the source leaves open a `Gap`.
"""
