"""The worklist: which cases are whose, what a list is narrowed to, and what its columns say."""
