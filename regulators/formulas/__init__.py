"""The computations that rules need: pure functions of plain values, exact, with no data of their own."""
