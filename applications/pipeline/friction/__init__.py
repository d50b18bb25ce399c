"""What each requirement of a rule book cost the firms, and how it is counted."""
