"""What the public pages on the law show beside the rule books: claims that were checked, and words."""
