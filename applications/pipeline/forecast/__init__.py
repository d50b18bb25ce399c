"""What the desk's own history says of its open cases: advice, which decides nothing."""
