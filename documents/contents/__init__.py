"""What opens what strangers made. It runs in processes of its own that ``documents.confined`` starts: it
knows no setting and no secret, imports nothing of ours from outside this folder, and speaks in codes, not in
words.
"""
