"""Advisor: the alarm for "leave now".

The data's path, and the order of this package::

    sources -> poll -> read -> detect -> correlate -> deliver -> people
                 |       |        |          |            |
                 +-------+---- store (SQLite | PostgreSQL) +

`service` builds the parts, `pipeline` calls them in order, `cli` is how people and systemd start them.
"""

__version__ = "0.1.0"
