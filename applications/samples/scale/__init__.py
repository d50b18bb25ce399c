"""Histories of many cases for trials of size: walked through the declared acts, and copied into the tables in bulk.

This is the one named exception to “one way to change a state”: nothing here asks ``workflow.perform``. What is
written is what the acts and services would have written; ``replay`` shows that on cases of any run.
"""
