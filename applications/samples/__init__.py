"""Sample firms and applications for the default run and the tests; production settings refuse them."""
