"""YAML that people write, to objects; every fault names file, line, column and remedy.

`documents` reads YAML with positions, `knowledge` reads rules, lexicons and places, `settings` reads the
operator's file. What the objects do is their stages' business.
"""
