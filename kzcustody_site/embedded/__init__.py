"""The two commands, and the servers they start on a machine that has none.

``python3 kzcustody_site/embedded run|test|...`` runs this folder by its path with the system's Python, before
any package is installed: nothing here imports Django or anything else from outside the standard library,
except ``mail``, which runs as a child. Modules import each other relatively, so that the tests can import
them as ``kzcustody_site.embedded``.
"""
