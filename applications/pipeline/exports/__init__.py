"""Lists as files: at once, or in the background where they are long."""
