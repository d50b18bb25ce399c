"""The weekly report by mail: totals of what a manager manages, and a link."""
